//! The few functions of libxslt that a mapping needs, and owners for what they allocate.

#![expect(
    unsafe_code,
    reason = "libxslt is a C library; this file is its only door"
)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr::{self, NonNull},
    sync::Once,
};

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

unsafe extern "C" {
    fn xmlInitParser();
    fn xmlReadMemory(
        buffer: *const c_char,
        size: c_int,
        url: *const c_char,
        encoding: *const c_char,
        options: c_int,
    ) -> *mut XmlDoc;
    fn xmlFreeDoc(doc: *mut XmlDoc);
    fn xmlSetGenericErrorFunc(context: *mut c_void, handler: Option<ErrorHandler>);
    static xmlFree: unsafe extern "C" fn(*mut c_void);

    fn xsltParseStylesheetDoc(doc: *mut XmlDoc) -> *mut XsltStylesheet;
    fn xsltFreeStylesheet(stylesheet: *mut XsltStylesheet);
    fn xsltNewTransformContext(
        stylesheet: *mut XsltStylesheet,
        doc: *mut XmlDoc,
    ) -> *mut XsltContext;
    fn xsltFreeTransformContext(context: *mut XsltContext);
    fn xsltSetTransformErrorFunc(
        context: *mut XsltContext,
        data: *mut c_void,
        handler: Option<ErrorHandler>,
    );
    fn xsltSetGenericErrorFunc(context: *mut c_void, handler: Option<ErrorHandler>);
    fn xsltSetCtxtSecurityPrefs(prefs: *mut XsltSecurityPrefs, context: *mut XsltContext) -> c_int;
    fn xsltApplyStylesheetUser(
        stylesheet: *mut XsltStylesheet,
        doc: *mut XmlDoc,
        parameters: *const *const c_char,
        output: *const c_char,
        profile: *mut c_void,
        context: *mut XsltContext,
    ) -> *mut XmlDoc;
    fn xsltSaveResultToString(
        text: *mut *mut c_char,
        length: *mut c_int,
        result: *mut XmlDoc,
        stylesheet: *mut XsltStylesheet,
    ) -> c_int;
    fn xsltNewSecurityPrefs() -> *mut XsltSecurityPrefs;
    fn xsltSetSecurityPrefs(
        prefs: *mut XsltSecurityPrefs,
        option: c_int,
        check: SecurityCheck,
    ) -> c_int;
    fn xsltSetDefaultSecurityPrefs(prefs: *mut XsltSecurityPrefs);
    fn xsltGetDefaultSecurityPrefs() -> *mut XsltSecurityPrefs;
    fn xsltSecurityForbid(
        prefs: *mut XsltSecurityPrefs,
        context: *mut XsltContext,
        value: *const c_char,
    ) -> c_int;

    fn xsltSetLoaderFunc(loader: Option<Loader>);

    fn exsltRegisterAll();
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

/// Starts the libraries once and shuts every way out of a stylesheet.
fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // SAFETY: the functions may be called once before all others; the preferences live as long as the process.
        unsafe {
            xmlInitParser();
            exsltRegisterAll();
            xsltSetLoaderFunc(Some(nothing));
            let prefs = xsltNewSecurityPrefs();
            for option in SECURITY_OPTIONS {
                xsltSetSecurityPrefs(prefs, option, xsltSecurityForbid);
            }
            xsltSetDefaultSecurityPrefs(prefs);
        }
    });
    // SAFETY: without a handler the libraries write to the error output; libxml2 keeps its own for each thread.
    unsafe {
        xmlSetGenericErrorFunc(ptr::null_mut(), Some(silent));
        xsltSetGenericErrorFunc(ptr::null_mut(), Some(silent));
    }
}

/// A parsed document.
pub struct Document(NonNull<XmlDoc>);

impl Document {
    /// Parses a text; `None` when it is not well-formed or too long for the library.
    pub fn parse(text: &str) -> Option<Self> {
        start();
        let length = c_int::try_from(text.len()).ok()?;
        // SAFETY: pointer and length describe `text`; the other pointers are constants with a final zero, or null.
        let doc = unsafe {
            xmlReadMemory(
                text.as_ptr().cast(),
                length,
                ptr::null(),
                c"UTF-8".as_ptr(),
                OPTIONS,
            )
        };
        NonNull::new(doc).map(Self)
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        // SAFETY: the document is ours and nothing else frees it.
        unsafe { xmlFreeDoc(self.0.as_ptr()) }
    }
}

/// Why a text is no stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StylesheetError {
    NoXml,
    NoStylesheet,
}

/// A compiled stylesheet.
pub struct Stylesheet(NonNull<XsltStylesheet>);

impl Stylesheet {
    pub fn parse(text: &str) -> Result<Self, StylesheetError> {
        let doc = Document::parse(text).ok_or(StylesheetError::NoXml)?;
        // SAFETY: on success the stylesheet owns the document; on failure it stays ours and is dropped.
        let stylesheet = unsafe { xsltParseStylesheetDoc(doc.0.as_ptr()) };
        let stylesheet = NonNull::new(stylesheet).ok_or(StylesheetError::NoStylesheet)?;
        std::mem::forget(doc);
        Ok(Self(stylesheet))
    }

    /// The result in the encoding that the stylesheet asks for. Errors: a stylesheet that fails or ends itself.
    pub fn apply(&self, doc: &Document) -> Result<Vec<u8>, String> {
        let mut has_failed = false;
        // SAFETY: all pointers come from the libraries and are freed once; the flag outlives the context.
        let result = unsafe {
            let context = xsltNewTransformContext(self.0.as_ptr(), doc.0.as_ptr());
            if context.is_null() {
                return Err("The stylesheet could not be started.".to_owned());
            }
            xsltSetTransformErrorFunc(context, (&raw mut has_failed).cast(), Some(failed));
            let secured = xsltSetCtxtSecurityPrefs(xsltGetDefaultSecurityPrefs(), context) == 0;
            let result = if secured {
                xsltApplyStylesheetUser(
                    self.0.as_ptr(),
                    doc.0.as_ptr(),
                    ptr::null(),
                    ptr::null(),
                    ptr::null_mut(),
                    context,
                )
            } else {
                ptr::null_mut()
            };
            xsltFreeTransformContext(context);
            result
        };
        let result = NonNull::new(result).map(Document);
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
            xsltSaveResultToString(
                &raw mut text,
                &raw mut length,
                result.0.as_ptr(),
                self.0.as_ptr(),
            );
            if text.is_null() {
                return Vec::new();
            }
            let copy = CStr::from_ptr(text).to_bytes().to_vec();
            xmlFree(text.cast());
            copy
        }
    }
}

impl Drop for Stylesheet {
    fn drop(&mut self) {
        // SAFETY: the stylesheet is ours and nothing else frees it.
        unsafe { xsltFreeStylesheet(self.0.as_ptr()) }
    }
}
