//! The proxy on the way to the server: the system's and the environment's by default, an explicit one, or none.

use super::code::Code;
use super::error::{Error, Result};
use super::secret::Secret;
use url::Url;

/// What a caller may set about the proxy.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProxySettings {
    address: Option<Url>,
    user: Option<String>,
    password: Option<Secret>,
    /// Hosts that are reached without it, as NO_PROXY has them.
    except: Option<String>,
    none: bool,
}

impl ProxySettings {
    /// Reads the address of a proxy. A user and password in it are taken for its credential.
    pub(crate) fn set_address(&mut self, text: &str) -> Result<()> {
        let text = text.trim();
        let refuse = |why: &str| {
            Err(Error::new(
                Code::Address,
                format!("this cannot be a proxy's address: {why}. Give one such as http://proxy.example.com:3128"),
            ))
        };
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let Ok(mut url) = Url::parse(&with_scheme) else {
            return refuse("it is no URL");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("a proxy is reached by http:// or https://");
        }
        if url.host_str().is_none_or(str::is_empty) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return refuse("it has no host that could be one");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refuse("it has something behind its host and port");
        }
        if !url.username().is_empty() || url.password().is_some() {
            let user = decoded(url.username());
            // RFC 7617 section 2: what stands before the first colon is the user.
            if user.contains(':') || user.chars().any(char::is_control) {
                return refuse("its user has a colon or a control character");
            }
            self.user = Some(user);
            self.password = url.password().map(|password| Secret::from_string(decoded(password)));
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        self.address = Some(url);
        Ok(())
    }

    pub(crate) fn set_user(&mut self, user: &str) -> Result<()> {
        if user.is_empty() || user.contains(':') || user.chars().any(char::is_control) {
            return Err(Error::new(
                Code::Argument,
                "a proxy's user name is not empty and has no colon and no control character",
            ));
        }
        self.user = Some(user.to_owned());
        Ok(())
    }

    pub(crate) fn set_password(&mut self, password: &str) -> Result<()> {
        self.password = Some(Secret::new(password));
        Ok(())
    }

    /// Reads a list as the environment variable NO_PROXY has it: names, which stand for what ends in them as well,
    /// addresses and networks, with commas between them.
    pub(crate) fn set_except(&mut self, hosts: &str) -> Result<()> {
        if hosts.chars().any(char::is_control) {
            return Err(Error::new(
                Code::Argument,
                "the hosts to be reached without the proxy are names, addresses and networks with commas between them",
            ));
        }
        self.except = Some(hosts.trim().to_owned());
        Ok(())
    }

    pub(crate) fn set_none(&mut self, none: bool) -> Result<()> {
        self.none = none;
        Ok(())
    }

    /// The proxy's address, which holds no credential.
    pub(super) fn shown(&self) -> Option<String> {
        self.address
            .as_ref()
            .map(|address| address.origin().ascii_serialization())
    }

    /// What the caller has decided: nothing, no proxy, or this one.
    pub(super) fn explicit(&self) -> Result<Option<Option<reqwest::Proxy>>> {
        if self.none {
            if self.address.is_some() {
                return Err(Error::new(
                    Code::Argument,
                    "a proxy was given, and that no proxy is to be used; leave out one of both",
                ));
            }
            return Ok(Some(None));
        }
        let Some(address) = &self.address else {
            if self.user.is_some() || self.password.is_some() {
                return Err(Error::new(
                    Code::Argument,
                    "a credential for a proxy was given without the proxy's address",
                ));
            }
            return Ok(None);
        };
        let mut proxy = reqwest::Proxy::all(address.as_str()).map_err(|error| {
            Error::new(
                Code::Address,
                format!("the proxy cannot be used: {}", error.without_url()),
            )
        })?;
        if let Some(hosts) = &self.except {
            // The HTTP client takes an asterisk for every name, and for no address.
            let all = if hosts.split(',').any(|host| host.trim() == "*") {
                ",0.0.0.0/0,::/0"
            } else {
                ""
            };
            proxy = proxy.no_proxy(reqwest::NoProxy::from_string(&format!("{hosts}{all}")));
        }
        if let Some(user) = &self.user {
            proxy = proxy.basic_auth(user, self.password.as_ref().map_or("", Secret::expose));
        }
        Ok(Some(Some(proxy)))
    }
}

/// A part of a URL without its escapes, as a form's value is read: in that a '+' would be a space, and an '&' its end.
fn decoded(text: &str) -> String {
    let value = text.replace('+', "%2B").replace('&', "%26");
    url::form_urlencoded::parse(format!("x={value}").as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_credential_comes_out_of_an_address_as_it_went_in(user in "[^\\pC:]{0,20}", password in "\\PC{1,20}") {
            let mut url = Url::parse("http://proxy.example.com:3128").unwrap();
            // The setters escape everything but the escape.
            url.set_username(&user.replace('%', "%25")).unwrap();
            url.set_password(Some(&password.replace('%', "%25"))).unwrap();
            let mut settings = ProxySettings::default();
            settings.set_address(url.as_str()).unwrap();
            prop_assert_eq!(settings.user.as_deref(), Some(user.as_str()));
            prop_assert_eq!(settings.password.as_ref().map(Secret::expose), Some(password.as_str()));
            let address = settings.address.as_ref().unwrap();
            prop_assert!(address.username().is_empty() && address.password().is_none(), "{}", address);
        }
    }

    /// The password ended at the '&'; and without a user it stayed in the address.
    #[test]
    fn passwords_have_any_character_and_need_no_user() {
        for (text, user, password) in [
            ("http://u:a&b=c@proxy:3128", "u", "a&b=c"),
            ("http://:secret@proxy:3128", "", "secret"),
        ] {
            let mut settings = ProxySettings::default();
            settings.set_address(text).unwrap();
            assert_eq!(settings.user.as_deref(), Some(user));
            assert_eq!(settings.password.as_ref().map(Secret::expose), Some(password));
            assert_eq!(settings.address.as_ref().unwrap().as_str(), "http://proxy:3128/");
        }
        for refused in ["http://a%3Ab:c@proxy", "http://a%0Ab@proxy"] {
            assert!(ProxySettings::default().set_address(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn addresses_of_proxies_are_read() {
        let mut settings = ProxySettings::default();
        for text in [
            "proxy:3128",
            "http://proxy:3128/",
            "https://proxy.example.com",
            " http://[::1]:8080 ",
        ] {
            settings.set_address(text).expect(text);
            assert!(settings.explicit().unwrap().unwrap().is_some());
        }
        settings.set_address("http://us%40er:p%3Aw+@proxy:1").unwrap();
        assert_eq!(settings.user.as_deref(), Some("us@er"));
        assert_eq!(settings.password.as_ref().unwrap().expose(), "p:w+");
        assert!(!format!("{settings:?}").contains("p:w+"));
        for text in [
            "",
            "socks5://x",
            "http://",
            "http://a/b",
            "http://a b",
            "ftp://x",
            "http://a?x=1",
        ] {
            assert_eq!(settings.set_address(text).unwrap_err().code(), Code::Address, "{text}");
        }
        settings.set_none(true).unwrap();
        assert!(settings.explicit().is_err(), "both");
        let mut none = ProxySettings::default();
        none.set_none(true).unwrap();
        assert!(none.explicit().unwrap().unwrap().is_none());
        none.set_none(false).unwrap();
        assert!(none.explicit().unwrap().is_none());
        none.set_user("x").unwrap();
        assert!(none.explicit().is_err(), "a user without a proxy");
    }
}
