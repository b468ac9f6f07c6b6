//! The few functions of libxslt that a mapping needs, and owners for what they allocate.

#![expect(
    unsafe_code,
    reason = "libxslt is a C library; this file is its only door"
)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr::{self, NonNull},
    sync::OnceLock,
};

use libloading::Library;

/// Opaque structures of libxml2 and libxslt.
#[repr(C)]
struct XmlDoc {
    private: [u8; 0],
}
#[repr(C)]
struct XsltStylesheet {
    private: [u8; 0],
}
#[repr(C)]
struct XsltContext {
    private: [u8; 0],
}
#[repr(C)]
struct XsltSecurityPrefs {
    private: [u8; 0],
}

type SecurityCheck =
    unsafe extern "C" fn(*mut XsltSecurityPrefs, *mut XsltContext, *const c_char) -> c_int;
/// The libraries declare more arguments (`printf` style), which we do not read.
type ErrorHandler = unsafe extern "C" fn(*mut c_void, *const c_char);

type Loader =
    unsafe extern "C" fn(*const c_char, *mut c_void, c_int, *mut c_void, c_int) -> *mut XmlDoc;

/// Declares the functions, and reads their addresses from the library.
macro_rules! functions {
    ($($name:ident($($argument:ident: $kind:ty),*) $(-> $result:ty)?;)+) => {
        #[expect(non_snake_case, reason = "the libraries' own names")]
        struct Functions {
            $($name: unsafe extern "C" fn($($kind),*) $(-> $result)?,)+
            /// Where libxml2 keeps the function that frees its memory.
            xmlFree: *const unsafe extern "C" fn(*mut c_void),
            /// Keeps the functions where they are.
            _library: Library,
        }

        impl Functions {
            fn of(library: Library) -> Option<Self> {
                // SAFETY: the types are those of the libraries' headers, which have not changed since their first versions.
                unsafe {
                    Some(Self {
                        $($name: *library.get(concat!(stringify!($name), "\0").as_bytes()).ok()?,)+
                        xmlFree: *library.get(b"xmlFree\0").ok()?,
                        _library: library,
                    })
                }
            }
        }
    };
}

functions! {
    xmlInitParser();
    xmlReadMemory(buffer: *const c_char, size: c_int, url: *const c_char, encoding: *const c_char, options: c_int) -> *mut XmlDoc;
    xmlFreeDoc(doc: *mut XmlDoc);
    xmlSetGenericErrorFunc(context: *mut c_void, handler: Option<ErrorHandler>);
    xsltParseStylesheetDoc(doc: *mut XmlDoc) -> *mut XsltStylesheet;
    xsltFreeStylesheet(stylesheet: *mut XsltStylesheet);
    xsltNewTransformContext(stylesheet: *mut XsltStylesheet, doc: *mut XmlDoc) -> *mut XsltContext;
    xsltFreeTransformContext(context: *mut XsltContext);
    xsltSetTransformErrorFunc(context: *mut XsltContext, data: *mut c_void, handler: Option<ErrorHandler>);
    xsltSetGenericErrorFunc(context: *mut c_void, handler: Option<ErrorHandler>);
    xsltSetCtxtSecurityPrefs(prefs: *mut XsltSecurityPrefs, context: *mut XsltContext) -> c_int;
    xsltApplyStylesheetUser(stylesheet: *mut XsltStylesheet, doc: *mut XmlDoc, parameters: *const *const c_char, output: *const c_char, profile: *mut c_void, context: *mut XsltContext) -> *mut XmlDoc;
    xsltSaveResultToString(text: *mut *mut c_char, length: *mut c_int, result: *mut XmlDoc, stylesheet: *mut XsltStylesheet) -> c_int;
    xsltNewSecurityPrefs() -> *mut XsltSecurityPrefs;
    xsltSetSecurityPrefs(prefs: *mut XsltSecurityPrefs, option: c_int, check: SecurityCheck) -> c_int;
    xsltSetDefaultSecurityPrefs(prefs: *mut XsltSecurityPrefs);
    xsltGetDefaultSecurityPrefs() -> *mut XsltSecurityPrefs;
    xsltSecurityForbid(prefs: *mut XsltSecurityPrefs, context: *mut XsltContext, value: *const c_char) -> c_int;
    xsltSetLoaderFunc(loader: Option<Loader>);
    exsltRegisterAll();
}

// SAFETY: the functions may be called from any thread, and the place of `xmlFree` is only read.
unsafe impl Send for Functions {}
// SAFETY: as above.
unsafe impl Sync for Functions {}

/// The library that brings the two others along. Loaded when the first stylesheet comes: whoever has none needs none of
/// them, and programs that run for a moment start without them.
const LIBRARY: &str = "libexslt.so.0";

/// The functions, once the libraries are loaded and every way out of a stylesheet is shut; `None` when they are not installed.
fn functions() -> Option<&'static Functions> {
    static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();
    let functions = FUNCTIONS.get_or_init(|| {
        // SAFETY: what the library runs when it is loaded has no conditions.
        let library = unsafe { Library::new(LIBRARY) }.ok()?;
        let functions = Functions::of(library)?;
        functions.start();
        Some(functions)
    });
    let functions = functions.as_ref()?;
    functions.be_silent();
    Some(functions)
}

impl Functions {
    fn start(&self) {
        // SAFETY: the functions may be called once before all others; the preferences live as long as the process.
        unsafe {
            (self.xmlInitParser)();
            (self.exsltRegisterAll)();
            (self.xsltSetLoaderFunc)(Some(nothing));
            let prefs = (self.xsltNewSecurityPrefs)();
            for option in SECURITY_OPTIONS {
                (self.xsltSetSecurityPrefs)(prefs, option, self.xsltSecurityForbid);
            }
            (self.xsltSetDefaultSecurityPrefs)(prefs);
        }
    }

    fn be_silent(&self) {
        // SAFETY: without a handler the libraries write to the error output; libxml2 keeps its own for each thread.
        unsafe {
            (self.xmlSetGenericErrorFunc)(ptr::null_mut(), Some(silent));
            (self.xsltSetGenericErrorFunc)(ptr::null_mut(), Some(silent));
        }
    }
}

/// `XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET`
const OPTIONS: c_int = 32 | 64 | 2048;

/// Write files, create directories, write to the network. Reading is left to [`nothing`], as a refusal here would make
/// the whole mapping fail.
const SECURITY_OPTIONS: [c_int; 3] = [2, 3, 5];

/// Loads no document, whatever its address.
unsafe extern "C" fn nothing(
    _: *const c_char,
    _: *mut c_void,
    _: c_int,
    _: *mut c_void,
    _: c_int,
) -> *mut XmlDoc {
    ptr::null_mut()
}

unsafe extern "C" fn silent(_: *mut c_void, _: *const c_char) {}

/// Marks that something went wrong; `data` is the flag.
unsafe extern "C" fn failed(data: *mut c_void, _: *const c_char) {
    // SAFETY: `apply` passes a flag that outlives the context that calls this.
    if let Some(flag) = unsafe { data.cast::<bool>().as_mut() } {
        *flag = true;
    }
}

/// A parsed document.
pub struct Document {
    doc: NonNull<XmlDoc>,
    functions: &'static Functions,
}

impl Document {
    /// Parses a text; `None` when it is not well-formed, too long for the library, or when there is no library.
    pub fn parse(text: &str) -> Option<Self> {
        let functions = functions()?;
        let length = c_int::try_from(text.len()).ok()?;
        // SAFETY: pointer and length describe `text`; the other pointers are constants with a final zero, or null.
        let doc = unsafe {
            (functions.xmlReadMemory)(
                text.as_ptr().cast(),
                length,
                ptr::null(),
                c"UTF-8".as_ptr(),
                OPTIONS,
            )
        };
        let doc = NonNull::new(doc)?;
        Some(Self { doc, functions })
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        // SAFETY: the document is ours and nothing else frees it.
        unsafe { (self.functions.xmlFreeDoc)(self.doc.as_ptr()) }
    }
}

/// Why a text is no stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StylesheetError {
    Unavailable,
    NoXml,
    NoStylesheet,
}

/// A compiled stylesheet.
pub struct Stylesheet {
    stylesheet: NonNull<XsltStylesheet>,
    functions: &'static Functions,
}

impl Stylesheet {
    pub fn parse(text: &str) -> Result<Self, StylesheetError> {
        let functions = functions().ok_or(StylesheetError::Unavailable)?;
        let doc = Document::parse(text).ok_or(StylesheetError::NoXml)?;
        // SAFETY: on success the stylesheet owns the document; on failure it stays ours and is dropped.
        let stylesheet = unsafe { (functions.xsltParseStylesheetDoc)(doc.doc.as_ptr()) };
        let stylesheet = NonNull::new(stylesheet).ok_or(StylesheetError::NoStylesheet)?;
        std::mem::forget(doc);
        Ok(Self {
            stylesheet,
            functions,
        })
    }

    /// The result in the encoding that the stylesheet asks for. Errors: a stylesheet that fails or ends itself.
    pub fn apply(&self, doc: &Document) -> Result<Vec<u8>, String> {
        let mut has_failed = false;
        // SAFETY: all pointers come from the libraries and are freed once; the flag outlives the context.
        let result = unsafe {
            let context = (self.functions.xsltNewTransformContext)(
                self.stylesheet.as_ptr(),
                doc.doc.as_ptr(),
            );
            if context.is_null() {
                return Err("The stylesheet could not be started.".to_owned());
            }
            (self.functions.xsltSetTransformErrorFunc)(
                context,
                (&raw mut has_failed).cast(),
                Some(failed),
            );
            let secured = (self.functions.xsltSetCtxtSecurityPrefs)(
                (self.functions.xsltGetDefaultSecurityPrefs)(),
                context,
            ) == 0;
            let result = if secured {
                (self.functions.xsltApplyStylesheetUser)(
                    self.stylesheet.as_ptr(),
                    doc.doc.as_ptr(),
                    ptr::null(),
                    ptr::null(),
                    ptr::null_mut(),
                    context,
                )
            } else {
                ptr::null_mut()
            };
            (self.functions.xsltFreeTransformContext)(context);
            result
        };
        let result = NonNull::new(result).map(|doc| Document {
            doc,
            functions: self.functions,
        });
        match result {
            Some(result) if !has_failed => Ok(self.text(&result)),
            _ => Err("The stylesheet failed or ended itself.".to_owned()),
        }
    }

    fn text(&self, result: &Document) -> Vec<u8> {
        let mut text: *mut c_char = ptr::null_mut();
        let mut length: c_int = 0;
        // SAFETY: the library writes a text with a final zero, or null, which is copied and freed.
        unsafe {
            (self.functions.xsltSaveResultToString)(
                &raw mut text,
                &raw mut length,
                result.doc.as_ptr(),
                self.stylesheet.as_ptr(),
            );
            if text.is_null() {
                return Vec::new();
            }
            let copy = CStr::from_ptr(text).to_bytes().to_vec();
            (*self.functions.xmlFree)(text.cast());
            copy
        }
    }
}

impl Drop for Stylesheet {
    fn drop(&mut self) {
        // SAFETY: the stylesheet is ours and nothing else frees it.
        unsafe { (self.functions.xsltFreeStylesheet)(self.stylesheet.as_ptr()) }
    }
}
