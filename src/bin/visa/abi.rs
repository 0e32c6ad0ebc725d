//! A VISA library, loaded by path and called through the C functions that every VISA library
//! exports. The only file of the tool with unsafe code; what leaves it is safe to use.

use std::ffi::CStr;
use std::ffi::CString;
use std::path::Path;
use std::path::PathBuf;

use visa::consts::ViAttr;
use visa::consts::ViSession;
use visa::consts::ViStatus;
use visa::status;

/// Bytes that a description or resource name may fill, with its NUL (VI_FIND_BUFLEN).
const TEXT: usize = 256;
/// Bytes offered to viGetAttribute: far more than any attribute of any vendor stores.
const ATTRIBUTE: usize = 4096;

type OpenDefaultRm = unsafe extern "C" fn(*mut ViSession) -> ViStatus;
type Open = unsafe extern "C" fn(ViSession, *const i8, u32, u32, *mut ViSession) -> ViStatus;
type Object = unsafe extern "C" fn(ViSession) -> ViStatus;
type Write = unsafe extern "C" fn(ViSession, *const u8, u32, *mut u32) -> ViStatus;
type Read = unsafe extern "C" fn(ViSession, *mut u8, u32, *mut u32) -> ViStatus;
type FindRsrc =
    unsafe extern "C" fn(ViSession, *const i8, *mut ViSession, *mut u32, *mut i8) -> ViStatus;
type FindNext = unsafe extern "C" fn(ViSession, *mut i8) -> ViStatus;
type GetAttribute = unsafe extern "C" fn(ViSession, ViAttr, *mut u8) -> ViStatus;
type SetAttribute = unsafe extern "C" fn(ViSession, ViAttr, usize) -> ViStatus;
type StatusDesc = unsafe extern "C" fn(ViSession, ViStatus, *mut i8) -> ViStatus;

/// A loaded VISA library.
///
/// Never unloaded: a VISA library may run threads of its own, and they must not lose their code.
pub struct Library {
    open_default_rm: OpenDefaultRm,
    open: Open,
    close: Object,
    clear: Object,
    write: Write,
    read: Read,
    find_rsrc: FindRsrc,
    find_next: FindNext,
    get_attribute: GetAttribute,
    set_attribute: SetAttribute,
    status_desc: StatusDesc,
    path: PathBuf,
}

/// A call that returned an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The status, negative.
    pub code: ViStatus,
    /// The C function.
    pub call: &'static str,
    /// What viStatusDesc says of it.
    pub text: String,
}

impl Library {
    /// Loads a library: a path, or a bare file name for the loader to search.
    ///
    /// # Errors
    /// The loader's own words, or the function that the library lacks.
    pub fn load(path: &Path) -> Result<&'static Self, String> {
        // SAFETY: loading runs the library's initialisers; the user chose this library to be run.
        let file = unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
        let file: &'static libloading::Library = Box::leak(Box::new(file));
        // SAFETY: each field's type is the one that the standard gives to the function of that name.
        let library = unsafe {
            Self {
                open_default_rm: symbol(file, "viOpenDefaultRM")?,
                open: symbol(file, "viOpen")?,
                close: symbol(file, "viClose")?,
                clear: symbol(file, "viClear")?,
                write: symbol(file, "viWrite")?,
                read: symbol(file, "viRead")?,
                find_rsrc: symbol(file, "viFindRsrc")?,
                find_next: symbol(file, "viFindNext")?,
                get_attribute: symbol(file, "viGetAttribute")?,
                set_attribute: symbol(file, "viSetAttribute")?,
                status_desc: symbol(file, "viStatusDesc")?,
                path: path.to_owned(),
            }
        };
        Ok(Box::leak(Box::new(library)))
    }

    /// Where it was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn check(&self, on: ViSession, call: &'static str, code: ViStatus) -> Result<ViStatus, Fault> {
        if code >= status::VI_SUCCESS {
            return Ok(code);
        }
        let mut text = [0_i8; TEXT];
        // SAFETY: `text` has the 256 bytes that the standard asks for; any object number is allowed.
        let known = unsafe { (self.status_desc)(on, code, text.as_mut_ptr()) };
        let text = match status::text(code) {
            _ if known >= status::VI_SUCCESS && text[0] != 0 => string(&text),
            Some(ours) => ours.to_owned(),
            None => "unknown status".to_owned(),
        };
        Err(Fault { code, call, text })
    }
}

/// An open resource manager.
pub struct Manager {
    library: &'static Library,
    number: ViSession,
}

impl Manager {
    /// viOpenDefaultRM.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn open(library: &'static Library) -> Result<Self, Fault> {
        let mut number = 0;
        // SAFETY: `number` is writable.
        let code = unsafe { (library.open_default_rm)(&mut number) };
        library.check(0, "viOpenDefaultRM", code)?;
        Ok(Self { library, number })
    }

    /// viOpen without a lock; `timeout` in ms.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn session(&self, resource: &str, timeout: u32) -> Result<Session<'_>, Fault> {
        let name = c_string(resource);
        let mut number = 0;
        // SAFETY: `name` ends with NUL and `number` is writable.
        let code = unsafe {
            (self.library.open)(self.number, name.as_ptr().cast(), 0, timeout, &mut number)
        };
        self.library.check(self.number, "viOpen", code)?;
        Ok(Session { manager: self, number })
    }

    /// viFindRsrc and viFindNext: every resource that fits. Nothing found is an empty list.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn find(&self, expression: &str) -> Result<Vec<String>, Fault> {
        let expression = c_string(expression);
        let (mut list, mut count, mut name) = (0, 0_u32, [0_i8; TEXT]);
        // SAFETY: the expression ends with NUL; list and count are writable; `name` has 256 bytes.
        let code = unsafe {
            (self.library.find_rsrc)(
                self.number,
                expression.as_ptr().cast(),
                &mut list,
                &mut count,
                name.as_mut_ptr(),
            )
        };
        if code == status::VI_ERROR_RSRC_NFOUND {
            return Ok(Vec::new());
        }
        self.library.check(self.number, "viFindRsrc", code)?;
        let mut found = vec![string(&name)];
        let mut outcome = Ok(code);
        while outcome.is_ok() && found.len() < count as usize {
            // SAFETY: `list` is the find list just made and `name` has 256 bytes.
            let code = unsafe { (self.library.find_next)(list, name.as_mut_ptr()) };
            outcome = self.library.check(list, "viFindNext", code);
            if outcome.is_ok() {
                found.push(string(&name));
            }
        }
        // SAFETY: closing takes any number; a wrong one is refused.
        unsafe { (self.library.close)(list) };
        outcome.map(|_| found)
    }

    /// viGetAttribute on the manager itself.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn attribute(&self, id: ViAttr) -> Result<Raw, Fault> {
        attribute(self.library, self.number, id)
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // SAFETY: closing takes any number; a wrong one is refused.
        unsafe { (self.library.close)(self.number) };
    }
}

/// An open session. VISA allows calls on one session from several threads.
pub struct Session<'m> {
    manager: &'m Manager,
    number: ViSession,
}

impl Session<'_> {
    /// viWrite of all bytes.
    ///
    /// # Errors
    /// Whatever the library says; VI_ERROR_IO when it takes nothing and reports success.
    pub fn write(&self, mut data: &[u8]) -> Result<(), Fault> {
        while !data.is_empty() {
            let most = u32::try_from(data.len()).unwrap_or(u32::MAX);
            let mut count = 0;
            // SAFETY: `data` has at least `most` readable bytes; `count` is writable.
            let code = unsafe {
                (self.manager.library.write)(self.number, data.as_ptr(), most, &mut count)
            };
            self.check("viWrite", code)?;
            if count == 0 {
                self.check("viWrite", status::VI_ERROR_IO)?;
            }
            data = data.get(count as usize..).unwrap_or_default();
        }
        Ok(())
    }

    /// One viRead: the bytes stored, also when it failed, and the status.
    pub fn read(&self, buffer: &mut [u8]) -> (usize, Result<ViStatus, Fault>) {
        let most = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let mut count = 0;
        // SAFETY: `buffer` has at least `most` writable bytes; `count` is writable.
        let code = unsafe {
            (self.manager.library.read)(self.number, buffer.as_mut_ptr(), most, &mut count)
        };
        (buffer.len().min(count as usize), self.check("viRead", code))
    }

    /// viClear.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn clear(&self) -> Result<(), Fault> {
        // SAFETY: takes any number; a wrong one is refused.
        let code = unsafe { (self.manager.library.clear)(self.number) };
        self.check("viClear", code).map(|_| ())
    }

    /// viGetAttribute.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn attribute(&self, id: ViAttr) -> Result<Raw, Fault> {
        attribute(self.manager.library, self.number, id)
    }

    /// viSetAttribute.
    ///
    /// # Errors
    /// Whatever the library says.
    pub fn set(&self, id: ViAttr, value: u32) -> Result<(), Fault> {
        // SAFETY: the attributes that the tool sets are numbers, never addresses.
        let code = unsafe { (self.manager.library.set_attribute)(self.number, id, value as usize) };
        self.check("viSetAttribute", code).map(|_| ())
    }

    fn check(&self, call: &'static str, code: ViStatus) -> Result<ViStatus, Fault> {
        self.manager.library.check(self.number, call, code)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // SAFETY: closing takes any number; a wrong one is refused.
        unsafe { (self.manager.library.close)(self.number) };
    }
}

/// What viGetAttribute stored, in its first bytes; the attribute's type says how many.
#[derive(Clone)]
pub struct Raw(Vec<u64>);

impl Raw {
    /// The bytes as stored, zeros behind them.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    /// For tests of what is made of the bytes.
    #[cfg(test)]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut padded = bytes.to_vec();
        padded.resize(ATTRIBUTE, 0);
        let words = padded.chunks_exact(8).map(|word| word.try_into().expect("eight bytes"));
        Self(words.map(u64::from_ne_bytes).collect())
    }
}

/// The address of a function.
///
/// # Safety
/// `T` must be the type of a pointer to the function of that name.
unsafe fn symbol<T: Copy>(file: &libloading::Library, name: &str) -> Result<T, String> {
    // SAFETY: the caller vouches for the type; the file is never unloaded.
    unsafe { file.get::<T>(name.as_bytes()) }
        .map(|symbol| *symbol)
        .map_err(|_| format!("it has no {name}: not a VISA library"))
}

fn attribute(library: &Library, on: ViSession, id: ViAttr) -> Result<Raw, Fault> {
    // Words, so that the library may store any type through an aligned address.
    let mut words = vec![0_u64; ATTRIBUTE / 8];
    // SAFETY: 4096 writable bytes; the longest attribute of the standard stores 256.
    let code = unsafe { (library.get_attribute)(on, id, words.as_mut_ptr().cast()) };
    library.check(on, "viGetAttribute", code)?;
    Ok(Raw(words))
}

/// A C string; what follows a NUL in the text could not be said to C anyway.
fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

/// The text before the first NUL.
fn string(buffer: &[i8]) -> String {
    let bytes: Vec<u8> = buffer.iter().map(|c| *c as u8).chain([0]).collect();
    let text = CStr::from_bytes_until_nul(&bytes).unwrap_or_default();
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_at_its_nul_or_at_the_end_of_the_buffer() {
        assert_eq!(string(&[72, 105, 0, 33]), "Hi");
        assert_eq!(string(&[72, 105]), "Hi");
        assert_eq!(c_string("a\0b").as_bytes(), b"a");
    }

    #[test]
    fn a_file_that_is_no_visa_library_is_refused_by_name() {
        let error = Library::load(Path::new("libc.so.6")).err().expect("not a VISA library");
        assert!(error.contains("viOpenDefaultRM"), "{error}");
    }
}
