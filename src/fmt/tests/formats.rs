#![forbid(unsafe_code)]
//! Which formats there are.

use crate::fmt::check_print;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_NSUP_FMT;

#[test]
fn output_formats_that_do_not_exist() {
    let wrong = [
        "%Q",
        "%",
        "%5",
        "%.",
        "%,",
        "%@",
        "%!",
        "%!o",
        "%l",
        "%b",
        "%hb",
        "%.3b",
        "%5.3b",
        "%5.3y",
        "%B",
        "%y",
        "%0b",
        "%,d",
        "%,-1d",
        "%@4d",
        "%@hd",
        "%!xxd",
        "%!d",
        "%5%",
        "%l%",
        "%hhd",
        "%lhd",
        "%l5ld",
        "%5*d",
        "%**d",
        "%.1.2d",
        "%,1,2d",
        "%@1@1d",
        "%!ol!ob5y",
        "%2147483648d",
        "%.99999999999999999999d",
        "%a",
        "%A",
        "%F",
        "%t",
        "%T",
        "%[a]",
        "%S",
        "%j",
        "%qd",
        "%1000000000b",
        "%500000000hb",
        "\\",
        "a\\",
        "\\400",
        "\\777",
        "%\0d",
        "%5 ",
    ];
    for format in wrong {
        let code = check_print(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Err(VI_ERROR_INV_FMT), "{format:?}");
    }
}

#[test]
fn output_formats_that_are_not_supported() {
    let unsupported = [
        "%n", "%hn", "%5n", "%ls", "%lc", "%hs", "%Ld", "%zd", "%Zf", "%hf", "%llf", "%Lb", "%hp",
        "%,2s", "%,2c", "%@1s", "%@H5b", "%!old", "%!ol5b", "%!ob5B", "%,2p",
    ];
    for format in unsupported {
        let code = check_print(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Err(VI_ERROR_NSUP_FMT), "{format:?}");
    }
}

#[test]
fn output_formats_in_any_order() {
    let right = [
        "%@3,5f",
        "%,5@3f",
        "%h5d",
        "%5hd",
        "%,3.2lf",
        "%.2,3lf",
        "%lf",
        "%l,5.3f",
        "%@H.4d",
        "%.4@Hd",
        "%!ol2hy",
        "%2h!oly",
        "%h2!oby",
        "%#-+ 05.3,2d",
        "%2147483647d",
        "%-#5s",
        "%+s",
        "%05s",
        "%#c",
        "%.3c",
        "%+5b",
        "%999999999b",
        "%124999999Zb",
        "%,0d",
        "%500000000hB",
        "%.d",
        "%ll5d",
    ];
    for format in right {
        let code = check_print(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Ok(()), "{format:?}");
    }
}
