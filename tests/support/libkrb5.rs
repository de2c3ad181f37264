//! MIT's own library, loaded while the test runs: its verdict on a file, and its tree.
#![allow(dead_code)] // each test binary uses its own part of this

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_void};
use std::ptr::{null, null_mut};

use libloading::Library;

use super::krb5_answer::{Answer, DEEPEST, Tree};

type Handle = *mut c_void;
type Text = *mut c_char;
type Names = *const *const c_char;

/// What MIT calls its flags: sections too, and nothing but sections.
const LIST_SECTIONS: c_int = 1;
const SECTIONS_ONLY: c_int = 2;

/// The first code of the table in which the profile library has its own.
const FIRST_CODE: c_long = -1_429_577_728;

/// The codes of that table which reading a file can give, and the system's, by their numbers.
const CODES: [(c_long, &str); 11] = [
    (FIRST_CODE + 13, "PROF_SECTION_NOTOP"),
    (FIRST_CODE + 14, "PROF_SECTION_SYNTAX"),
    (FIRST_CODE + 15, "PROF_RELATION_SYNTAX"),
    (FIRST_CODE + 16, "PROF_EXTRA_CBRACE"),
    (FIRST_CODE + 17, "PROF_MISSING_OBRACE"),
    (FIRST_CODE + 31, "PROF_FAIL_INCLUDE_FILE"),
    (FIRST_CODE + 32, "PROF_FAIL_INCLUDE_DIR"),
    (FIRST_CODE + 35, "PROF_MODULE"),
    (2, "ENOENT"),
    (5, "EIO"),
    (13, "EACCES"),
];

pub struct Libkrb5 {
    init: unsafe extern "C" fn(Names, *mut Handle) -> c_long,
    abandon: unsafe extern "C" fn(Handle),
    iterator_create: unsafe extern "C" fn(Handle, Names, c_int, *mut Handle) -> c_long,
    iterator: unsafe extern "C" fn(*mut Handle, *mut Text, *mut Text) -> c_long,
    iterator_free: unsafe extern "C" fn(*mut Handle),
    release_string: unsafe extern "C" fn(Text),
    flush_to_buffer: unsafe extern "C" fn(Handle, *mut Text) -> c_long,
    free_buffer: unsafe extern "C" fn(Handle, Text),
    init_context: unsafe extern "C" fn(*mut Handle) -> i32,
    free_context: unsafe extern "C" fn(Handle),
    error_message: unsafe extern "C" fn(c_long) -> *const c_char,
    /// What the functions are part of.
    _libraries: [Library; 2],
}

/// A profile that the library has read.
struct Profile<'a> {
    library: &'a Libkrb5,
    handle: Handle,
}

impl Drop for Profile<'_> {
    fn drop(&mut self) {
        // SAFETY: the library made the handle, and nobody uses it after this.
        unsafe { (self.library.abandon)(self.handle) }
    }
}

impl Libkrb5 {
    pub fn load() -> Self {
        // SAFETY: MIT's headers give these functions these types in every release since 1.10; only
        // `profile_iterator_create` and its kin have always been part of the library's interface.
        unsafe {
            let open = |name: &str| {
                Library::new(name)
                    .unwrap_or_else(|error| panic!("install MIT's library (libkrb5-3): {error}"))
            };
            let (krb5, errors) = (open("libkrb5.so.3"), open("libcom_err.so.2"));
            macro_rules! function {
                ($library:ident, $name:literal) => {
                    *$library.get($name).expect($name)
                };
            }
            Libkrb5 {
                init: function!(krb5, "profile_init"),
                abandon: function!(krb5, "profile_abandon"),
                iterator_create: function!(krb5, "profile_iterator_create"),
                iterator: function!(krb5, "profile_iterator"),
                iterator_free: function!(krb5, "profile_iterator_free"),
                release_string: function!(krb5, "profile_release_string"),
                flush_to_buffer: function!(krb5, "profile_flush_to_buffer"),
                free_buffer: function!(krb5, "profile_free_buffer"),
                init_context: function!(krb5, "krb5_init_context"),
                free_context: function!(krb5, "krb5_free_context"),
                error_message: function!(errors, "error_message"),
                _libraries: [krb5, errors],
            }
        }
    }

    /// The verdict, the tree and what the library would write of it.
    pub fn answer(&self, path: &[u8]) -> Answer {
        match self.read(path) {
            Err(code) => Answer::refusal(&name_of(code)),
            Ok(profile) => Answer::accepted(profile.tree(), profile.dump()),
        }
    }

    /// Whether the library accepts it, and then its tree as far as it is looked at.
    pub fn tree(&self, path: &[u8]) -> Result<Tree, String> {
        Ok(self.read(path).map_err(name_of)?.tree())
    }

    /// Reads the file and looks at every node; how many bytes their names and values have.
    pub fn read_and_walk(&self, path: &[u8]) -> usize {
        let mut bytes = 0;
        if let Ok(profile) = self.read(path) {
            profile.walk(&mut |_, name, value| bytes += name.len() + value.map_or(0, <[u8]>::len));
        }
        bytes
    }

    /// What programs say when they begin to use the configuration that `KRB5_CONFIG` names.
    pub fn said_at_the_start(&self) -> Option<String> {
        let mut context = null_mut();
        // SAFETY: the library writes one handle, which is freed, or gives a code, which its own
        // table of texts knows; texts of such tables are never freed.
        unsafe {
            match (self.init_context)(&raw mut context) {
                0 => {
                    (self.free_context)(context);
                    None
                }
                code => {
                    let text = CStr::from_ptr((self.error_message)(code.into()));
                    Some(text.to_string_lossy().into_owned())
                }
            }
        }
    }

    fn read(&self, path: &[u8]) -> Result<Profile<'_>, c_long> {
        let path = CString::new(path).expect("a path without NUL");
        let mut handle = null_mut();
        let paths = [path.as_ptr(), null()];
        // SAFETY: the list ends in a null pointer, and is only read.
        match unsafe { (self.init)(paths.as_ptr(), &raw mut handle) } {
            0 => Ok(Profile {
                library: self,
                handle,
            }),
            code => Err(code),
        }
    }
}

fn name_of(code: c_long) -> String {
    let known = CODES.iter().find(|(number, _)| *number == code);
    known.map_or_else(|| format!("code {code}"), |(_, name)| (*name).to_owned())
}

/// What is told of each node: its depth, its name, and its value where it is no section.
type Visit<'a> = &'a mut dyn FnMut(usize, &[u8], Option<&[u8]>);

impl Profile<'_> {
    fn tree(&self) -> Tree {
        let mut tree = Tree::default();
        self.walk(&mut |depth, name, value| match value {
            Some(value) => tree.relation(depth, name, value),
            None => tree.section(depth, name),
        });
        tree
    }

    fn walk(&self, visit: Visit) {
        self.walk_below(&mut Vec::new(), visit);
    }

    fn walk_below(&self, path: &mut Vec<CString>, visit: Visit) {
        let mut names: Vec<*const c_char> = path.iter().map(|name| name.as_ptr()).collect();
        names.push(null());
        let flags = LIST_SECTIONS | if path.is_empty() { SECTIONS_ONLY } else { 0 };
        let mut iterator = null_mut();
        let library = self.library;
        // SAFETY: the names live as long as the iterator; what it gives is copied and released.
        unsafe {
            let made =
                (library.iterator_create)(self.handle, names.as_ptr(), flags, &raw mut iterator);
            assert_eq!(made, 0, "an iterator at {path:?}");
            loop {
                let (mut name, mut value) = (null_mut(), null_mut());
                let found = (library.iterator)(&raw mut iterator, &raw mut name, &raw mut value);
                assert_eq!(found, 0, "the children of {path:?}");
                if name.is_null() {
                    break;
                }
                let text = CStr::from_ptr(name);
                if value.is_null() {
                    visit(path.len(), text.to_bytes(), None);
                    if path.len() < DEEPEST {
                        path.push(text.to_owned());
                        self.walk_below(path, visit);
                        path.pop();
                    }
                } else {
                    let value = CStr::from_ptr(value).to_bytes();
                    visit(path.len(), text.to_bytes(), Some(value));
                }
                (library.release_string)(name);
                (library.release_string)(value);
                if iterator.is_null() {
                    break;
                }
            }
            if !iterator.is_null() {
                (library.iterator_free)(&raw mut iterator);
            }
        }
    }

    fn dump(&self) -> Vec<u8> {
        let mut text = null_mut();
        // SAFETY: the library allocates the text and ends it with NUL; it is freed by its own means.
        unsafe {
            let code = (self.library.flush_to_buffer)(self.handle, &raw mut text);
            assert_eq!(code, 0, "the library writes its tree");
            let written = CStr::from_ptr(text).to_bytes().to_vec();
            (self.library.free_buffer)(self.handle, text);
            written
        }
    }
}
