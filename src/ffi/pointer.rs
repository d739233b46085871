//! Every raw pointer that comes in or goes out is checked here and nowhere else.

use crate::core::code::Code;
use crate::core::error::{Error, Result};
use std::ffi::{CStr, CString, c_char};

/// Reads a text that the caller passes.
///
/// # Safety
/// `text` is NULL or points to NUL-terminated bytes that nobody changes during the call.
pub(super) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    if text.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL; the caller terminates it.
    let bytes = unsafe { CStr::from_ptr(text) };
    bytes.to_str().map_err(|_| {
        Error::new(
            Code::Utf8,
            format!("`{name}` is not valid UTF-8; convert it (on Windows from UTF-16 or the code page) first"),
        )
    })
}

/// As [`text`], where NULL means that there is none.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn optional_text<'a>(value: *const c_char, name: &str) -> Result<Option<&'a str>> {
    // SAFETY: passed on.
    if value.is_null() {
        Ok(None)
    } else {
        unsafe { text(value, name) }.map(Some)
    }
}

/// Reads bytes that the caller passes; NULL is allowed when there are none.
///
/// # Safety
/// `data` is NULL or points to `length` readable bytes that nobody changes during the call.
pub(super) unsafe fn bytes<'a>(data: *const u8, length: usize, name: &str) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(null(name));
    }
    if length > isize::MAX as usize {
        return Err(Error::new(
            Code::Argument,
            format!("the length of `{name}` is more than memory can hold; was it negative?"),
        ));
    }
    // SAFETY: not NULL, and the caller vouches for the length.
    Ok(unsafe { std::slice::from_raw_parts(data, length) })
}

/// Reads a list of handles.
///
/// # Safety
/// `list` is NULL or points to `count` handles that nobody changes during the call.
pub(super) unsafe fn list<T>(list: *const *const T, count: usize, most: usize, name: &str) -> Result<Vec<*const T>> {
    if list.is_null() {
        return Err(null(name));
    }
    if count == 0 || count > most || !list.is_aligned() {
        return Err(Error::new(
            Code::Argument,
            format!("`{name}` has 1 to {most} entries and is aligned for pointers"),
        ));
    }
    // SAFETY: checked; the caller vouches for the count.
    Ok(unsafe { std::slice::from_raw_parts(list, count) }.to_vec())
}

/// A place where the caller wants a value. It holds the empty value until it is set.
pub(super) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Takes the place and puts `empty` into it.
    ///
    /// # Safety
    /// `place` is NULL or has room for a `T`.
    pub(super) unsafe fn new(place: *mut T, empty: T, name: &str) -> Result<Self> {
        if place.is_null() {
            return Err(null(name));
        }
        if !place.is_aligned() {
            return Err(Error::new(
                Code::Argument,
                format!("`{name}` is not aligned for its type"),
            ));
        }
        // SAFETY: checked; the caller gives the room.
        unsafe { place.write(empty) };
        Ok(Out(place))
    }

    pub(super) fn set(self, value: T) {
        // SAFETY: checked in `new`, and the place outlives the export that made it.
        unsafe { self.0.write(value) };
    }
}

/// Copies a text with its NUL into the caller's buffer and stores how many bytes it takes.
///
/// # Safety
/// `buffer` is NULL or has room for `capacity` bytes.
pub(super) unsafe fn copy_text(text: &str, buffer: *mut c_char, capacity: usize, needed: Out<usize>) -> Result<()> {
    let size = text.len() + 1;
    needed.set(size);
    if buffer.is_null() && capacity > 0 {
        return Err(null("buffer"));
    }
    if capacity < size {
        return Err(Error::new(
            Code::BufferTooSmall,
            format!("the text takes {size} bytes with its NUL, the buffer has {capacity}"),
        ));
    }
    // SAFETY: the buffer has room for `size` bytes, and a text of ours never overlaps it.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast::<u8>(), text.len());
        buffer.add(text.len()).write(0);
    }
    Ok(())
}

/// A text as C sees it. What follows a NUL inside would be lost, so the NUL is shown instead.
pub(super) fn c_text(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{2400}")).expect("no NUL is left"))
}

fn null(name: &str) -> Error {
    Error::new(Code::Null, format!("`{name}` is NULL"))
}
