#![forbid(unsafe_code)]
//! Which formats there are.

use crate::fmt::check_print;
use crate::fmt::check_scan;
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

#[test]
fn input_formats_that_do_not_exist() {
    let wrong = [
        "%q",
        "%",
        "%5",
        "%,",
        "%!",
        "%*",
        "%#",
        "%l",
        "%[",
        "%[]",
        "%[^]",
        "%[a",
        "%b",
        "%y",
        "%hb",
        "%*y",
        "%.3d",
        "%-5d",
        "%+d",
        "% d",
        "%@1d",
        "%,d",
        "%,*d",
        "%B",
        "%a",
        "%0d",
        "%0s",
        "%000c",
        "%*#s",
        "%*,#d",
        "%**d",
        "%##s",
        "%3#s",
        "%3,2,2d",
        "%5%",
        "%*%",
        "%hhd",
        "%2147483648s",
        "\\",
        "\\400",
        "%5.2f",
        "%.5b",
        "%1000000000b",
        "%\0d",
    ];
    for format in wrong {
        let code = check_scan(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Err(VI_ERROR_INV_FMT), "{format:?}");
    }
}

#[test]
fn input_formats_that_are_not_supported() {
    let unsupported = [
        "%#d", "%#f", "%#n", "%#p", "%ls", "%hc", "%l[a]", "%Ld", "%zd", "%hf", "%llf", "%Lb",
        "%,2s", "%,2c", "%,2t", "%,#s", "%!old", "%!ol5b", "%,2n", "%Zf", "%Ln",
    ];
    for format in unsupported {
        let code = check_scan(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Err(VI_ERROR_NSUP_FMT), "{format:?}");
    }
}

#[test]
fn input_formats_in_any_order() {
    let right = [
        "%5hd", "%h5d", "%*5d", "%5*d", "%,3lf", "%l,3f", "%,#Lf", "%!ol2hy", "%2h!oly", "%#!olhy",
        "%h#b", "%*b", "%*hb", "%*5y", "%[]a]", "%[^]a]", "%5[a]", "%#[a]", "%lln", "%hn",
        "%E%G%X", "%05d", "%p", "%#c",
    ];
    for format in right {
        let code = check_scan(format.as_bytes()).map_err(|error| error.code);
        assert_eq!(code, Ok(()), "{format:?}");
    }
}
