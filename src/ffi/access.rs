//! Lends the core what makes files this user's own on Windows, where only the system's functions can do so from the
//! start.

/// Lends it. Elsewhere safe code can do without.
#[cfg(not(windows))]
pub(super) fn lend() {}

#[cfg(windows)]
pub(super) use windows::lend;

#[cfg(windows)]
mod windows {
    use crate::core::private_file::{self, Access};
    use std::ffi::{OsStr, OsString, c_void};
    use std::fs::File;
    use std::io;
    use std::mem::{size_of, size_of_val};
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
    use std::path::{Path, PathBuf};
    use std::ptr::null_mut;
    use windows_sys::Win32::Foundation::{GENERIC_ALL, GENERIC_READ, GENERIC_WRITE, INVALID_HANDLE_VALUE, LocalFree};
    use windows_sys::Win32::Security::Authorization::{
        ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW,
        SDDL_REVISION_1, SE_FILE_OBJECT,
    };
    use windows_sys::Win32::Security::{
        ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, EqualSid, GetAce, GetTokenInformation,
        INHERIT_ONLY_ACE, IsWellKnownSid, PSID, SECURITY_ATTRIBUTES, TOKEN_QUERY, TOKEN_USER, TokenUser,
        WinBuiltinAdministratorsSid, WinCreatorOwnerRightsSid, WinLocalSystemSid,
    };
    use windows_sys::Win32::Storage::FileSystem::{
        CREATE_NEW, CreateFileW, FILE_ATTRIBUTE_NORMAL, FILE_READ_DATA, FILE_SHARE_DELETE, FILE_SHARE_READ,
        FILE_SHARE_WRITE, OPEN_ALWAYS,
    };
    use windows_sys::Win32::System::SystemServices::ACCESS_ALLOWED_ACE_TYPE;
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

    pub(in crate::ffi) fn lend() {
        private_file::lend(Access { open, others_can_read });
    }

    fn open(path: &Path, may_exist: bool) -> io::Result<File> {
        let name = system_path(path)?;
        let descriptor = owner_only()?;
        let attributes = SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: descriptor.0,
            bInheritHandle: 0,
        };
        // SAFETY: the name ends with a NUL, and the attributes outlive the call.
        let handle = unsafe {
            CreateFileW(
                name.as_ptr(),
                GENERIC_WRITE,
                // As the standard library opens files: others may move it meanwhile.
                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                &attributes,
                if may_exist { OPEN_ALWAYS } else { CREATE_NEW },
                FILE_ATTRIBUTE_NORMAL,
                null_mut(),
            )
        };
        if handle == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle is open and belongs to nobody else.
        Ok(unsafe { File::from_raw_handle(handle) })
    }

    /// This user's own, with an access list that inherits nothing and names this user alone. The system has no entry:
    /// its backups read past the list, and a service that runs as the system has files of its own, as any user has.
    fn owner_only() -> io::Result<Local> {
        let user = User::of_this_process()?;
        let mut text = null_mut();
        // SAFETY: the identifier is valid, and there is room for the answer, which is freed below.
        if unsafe { ConvertSidToStringSidW(user.id(), &mut text) } == 0 {
            return Err(io::Error::last_os_error());
        }
        let text = Local(text.cast());
        // SAFETY: the function has written a text that ends with a NUL.
        let id = unsafe { wide_text(text.0.cast()) };
        let mut list = OsString::from("O:");
        list.push(&id);
        list.push("D:P(A;;FA;;;");
        list.push(&id);
        list.push(")");
        let mut descriptor = null_mut();
        // SAFETY: the text ends with a NUL, and there is room for the answer, which the caller frees.
        let made = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                terminated(&list).as_ptr(),
                SDDL_REVISION_1,
                &mut descriptor,
                null_mut(),
            )
        };
        if made == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Local(descriptor))
    }

    fn others_can_read(path: &Path) -> io::Result<bool> {
        let name = system_path(path)?;
        let user = User::of_this_process()?;
        let (mut list, mut descriptor): (*mut ACL, _) = (null_mut(), null_mut());
        // SAFETY: the name ends with a NUL, and there is room for both answers.
        let status = unsafe {
            GetNamedSecurityInfoW(
                name.as_ptr(),
                SE_FILE_OBJECT,
                DACL_SECURITY_INFORMATION,
                null_mut(),
                null_mut(),
                &mut list,
                null_mut(),
                &mut descriptor,
            )
        };
        if status != 0 {
            return Err(io::Error::from_raw_os_error(status as i32));
        }
        // The list lies in it.
        let _descriptor = Local(descriptor);
        if list.is_null() {
            // No list lets everybody in.
            return Ok(true);
        }
        // SAFETY: the list is valid as long as the descriptor.
        let count = unsafe { (*list).AceCount };
        for index in 0..u32::from(count) {
            let mut entry: *mut c_void = null_mut();
            // SAFETY: the list is valid and has such an entry.
            if unsafe { GetAce(list, index, &mut entry) } == 0 {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: every entry begins with a header.
            let header = unsafe { *entry.cast::<ACE_HEADER>() };
            if u32::from(header.AceType) != ACCESS_ALLOWED_ACE_TYPE
                || u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0
            {
                continue;
            }
            let entry = entry.cast::<ACCESS_ALLOWED_ACE>();
            // SAFETY: its type says that it is one of these, whose last field is where the identifier begins.
            let (mask, id) = unsafe { ((*entry).Mask, (&raw mut (*entry).SidStart).cast::<c_void>()) };
            if mask & (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL) == 0 {
                continue;
            }
            // SAFETY: both identifiers are valid.
            let is_ours = unsafe {
                EqualSid(id, user.id()) != 0
                    || [WinLocalSystemSid, WinBuiltinAdministratorsSid, WinCreatorOwnerRightsSid]
                        .into_iter()
                        .any(|known| IsWellKnownSid(id, known) != 0)
            };
            if !is_ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A user: what the system says of one, in a place that suits it and does not move, since it points into itself.
    struct User(Box<[u64; 16]>);

    impl User {
        /// Whom this process runs as. The library's threads are its own and never act for somebody else.
        fn of_this_process() -> io::Result<Self> {
            let mut token = null_mut();
            // SAFETY: there is room for the handle.
            if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token) } == 0 {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: it is open and belongs to nobody else.
            let token = unsafe { OwnedHandle::from_raw_handle(token) };
            let mut user = User(Box::new([0; 16]));
            let mut needed = 0;
            // SAFETY: there is as much room as the call is told; a user's identifier takes 84 bytes at most.
            let read = unsafe {
                GetTokenInformation(
                    token.as_raw_handle(),
                    TokenUser,
                    user.0.as_mut_ptr().cast(),
                    size_of_val(&*user.0) as u32,
                    &mut needed,
                )
            };
            if read == 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(user)
        }

        fn id(&self) -> PSID {
            // SAFETY: the system has written it there, where it suits.
            unsafe { (*self.0.as_ptr().cast::<TOKEN_USER>()).User.Sid }
        }
    }

    /// Memory that the system gave.
    struct Local(*mut c_void);

    impl Drop for Local {
        fn drop(&mut self) {
            // SAFETY: it came from the system, and nobody else frees it.
            unsafe { LocalFree(self.0) };
        }
    }

    /// A path as the system's functions take it, however long it is.
    fn system_path(path: &Path) -> io::Result<Vec<u16>> {
        /// Longer ones need another form, which is taken literally.
        const USUAL: usize = 240;
        let whole = std::path::absolute(path)?;
        let text = whole.as_os_str();
        let units = text.encode_wide().count();
        let text = text.to_string_lossy();
        let whole = match (units > USUAL, text.strip_prefix(r"\\")) {
            (false, _) => whole,
            (true, Some(rest)) if rest.starts_with(['?', '.']) => whole,
            (true, Some(rest)) => PathBuf::from(format!(r"\\?\UNC\{rest}")),
            (true, None) => PathBuf::from(format!(r"\\?\{text}")),
        };
        if whole.as_os_str().encode_wide().any(|unit| unit == 0) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(terminated(whole.as_os_str()))
    }

    fn terminated(text: &OsStr) -> Vec<u16> {
        text.encode_wide().chain([0]).collect()
    }

    /// # Safety
    ///
    /// The text ends with a NUL.
    unsafe fn wide_text(text: *const u16) -> OsString {
        // SAFETY: the caller vouches for the NUL.
        let length = unsafe { (0..).take_while(|&at| *text.add(at) != 0).count() };
        // SAFETY: so many units are there.
        OsString::from_wide(unsafe { std::slice::from_raw_parts(text, length) })
    }
}
