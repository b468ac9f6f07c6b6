//! The database connection as `Kernel/Config.pm` describes it: Perl's data source names, made into URLs.
//!
//! `DatabaseDSN` is `DBI:mysql:database=otrs;host=127.0.0.1;port=3306;` or `DBI:Pg:dbname=otrs;host=...`; user and
//! password are settings of their own. Source: the manuals of DBD::mysql and DBD::Pg, and those of sqlx for the URLs.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Which server a connection speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    MySql,
    Postgres,
}

/// A connection, read from its data source name.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    pub server: Server,
    pub database: String,
    pub user: String,
    pub password: String,
    /// A name or an address; for MySQL `localhost` when nothing is said.
    pub host: Option<String>,
    pub port: Option<u16>,
    /// The path of a local socket: the file for MySQL, its directory for PostgreSQL.
    pub socket: Option<String>,
    /// How the connection is secured, in the words of the URL: `ssl-mode`, `ssl-ca` or `sslrootcert`.
    pub security: Vec<(&'static str, String)>,
    /// The names of attributes that have no meaning here, such as `mysql_read_default_file`.
    pub ignored: Vec<String>,
}

/// Why a data source name cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DsnError {
    #[error(
        "`{0}` is no data source name; one looks like `DBI:mysql:database=otrs;host=127.0.0.1;`"
    )]
    Shape(String),
    #[error("the database driver `{0}` is not supported; `mysql`, `MariaDB` and `Pg` are")]
    Driver(String),
    #[error("the data source name has no database")]
    Database,
    #[error("`{0}` is no port")]
    Port(String),
}

/// The password is left out of what is printed for debugging.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = (&self.host, self.port, &self.socket);
        f.debug_struct("Connection")
            .field("server", &self.server)
            .field("database", &self.database)
            .field("user", &self.user)
            .field("place", &place)
            .field("security", &self.security)
            .field("ignored", &self.ignored)
            .finish_non_exhaustive()
    }
}

/// Reads a data source name. `user` and `password` are `DatabaseUser` and `DatabasePw`; the password may be
/// disguised, see [`plain_password`].
pub fn parse(dsn: &str, user: &str, password: &str) -> Result<Connection, DsnError> {
    let shape = || DsnError::Shape(dsn.to_owned());
    let (scheme, rest) = dsn.trim().split_once(':').ok_or_else(shape)?;
    if !scheme.eq_ignore_ascii_case("dbi") {
        return Err(shape());
    }
    let (driver, attributes) = rest.split_once(':').ok_or_else(shape)?;
    // DBI allows attributes of its own behind the driver's name: `DBI:Pg(RaiseError=>1):...`.
    let driver = driver.split('(').next().unwrap_or_default();
    let server = match driver.to_ascii_lowercase().as_str() {
        "mysql" | "mariadb" => Server::MySql,
        "pg" => Server::Postgres,
        _ => return Err(DsnError::Driver(driver.to_owned())),
    };
    let mut connection = Connection {
        server,
        database: String::new(),
        user: user.to_owned(),
        password: plain_password(password).into_owned(),
        host: None,
        port: None,
        socket: None,
        security: Vec::new(),
        ignored: Vec::new(),
    };
    for attribute in attributes
        .split(';')
        .map(str::trim)
        .filter(|attribute| !attribute.is_empty())
    {
        match attribute.split_once('=') {
            Some((name, value)) => connection.attribute(name.trim(), value.trim())?,
            None => connection.short(attribute)?,
        }
    }
    if connection.database.is_empty() {
        Err(DsnError::Database)
    } else {
        Ok(connection)
    }
}

/// The password that a setting stands for: `{e9d9}` is one that `Maint::Database::PasswordCrypt` has disguised
/// (each byte complemented, its halves exchanged), everything else is the password itself.
pub fn plain_password(setting: &str) -> Cow<'_, str> {
    let Some(digits) = setting
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    else {
        return Cow::Borrowed(setting);
    };
    let digits: Option<Vec<u8>> = digits
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    match digits {
        Some(digits) if !digits.is_empty() && digits.len().is_multiple_of(2) => {
            let bytes: Vec<u8> = digits
                .chunks(2)
                .map(|pair| !(pair[1] << 4 | pair[0]))
                .collect();
            Cow::Owned(
                String::from_utf8(bytes).unwrap_or_else(|error| {
                    error.into_bytes().into_iter().map(char::from).collect()
                }),
            )
        }
        _ => Cow::Borrowed(setting),
    }
}

impl Connection {
    fn attribute(&mut self, name: &str, value: &str) -> Result<(), DsnError> {
        match (self.server, name) {
            (_, "database" | "dbname" | "db") => value.clone_into(&mut self.database),
            (Server::Postgres, "host") if value.starts_with('/') => {
                self.socket = Some(value.to_owned());
            }
            (_, "host") | (Server::MySql, "hostname") | (Server::Postgres, "hostaddr") => {
                self.host = Some(value.to_owned());
            }
            (_, "port") => self.port = Some(port(value)?),
            (_, "user") if self.user.is_empty() => value.clone_into(&mut self.user),
            (_, "password") if self.password.is_empty() => value.clone_into(&mut self.password),
            (Server::MySql, "mysql_socket" | "mariadb_socket") => {
                self.socket = Some(value.to_owned());
            }
            (Server::MySql, "mysql_ssl" | "mariadb_ssl") if value != "0" => {
                self.security.push(("ssl-mode", "REQUIRED".to_owned()));
            }
            (Server::MySql, "mysql_ssl_ca_file" | "mariadb_ssl_ca_file") => {
                self.security.push(("ssl-ca", value.to_owned()));
            }
            (Server::Postgres, "sslmode") => self.security.push(("sslmode", value.to_owned())),
            (Server::Postgres, "sslrootcert") => {
                self.security.push(("sslrootcert", value.to_owned()));
            }
            _ => self.ignored.push(name.to_owned()),
        }
        Ok(())
    }

    /// MySQL's short form: `otrs`, `otrs:host`, `otrs:host:port`.
    fn short(&mut self, attribute: &str) -> Result<(), DsnError> {
        let mut parts = attribute.splitn(3, ':');
        if self.server == Server::MySql && self.database.is_empty() {
            parts
                .next()
                .unwrap_or_default()
                .clone_into(&mut self.database);
            self.host = parts.next().map(str::to_owned).or(self.host.take());
            if let Some(number) = parts.next() {
                self.port = Some(port(number)?);
            }
        } else {
            self.ignored.push(attribute.to_owned());
        }
        Ok(())
    }

    /// The connection as a URL that sqlx reads: `mysql://user:password@host:port/database?socket=...`.
    pub fn url(&self) -> String {
        let mut query = self.security.clone();
        let (scheme, place) = match self.server {
            Server::MySql => ("mysql", self.host.as_deref().or(Some("localhost"))),
            Server::Postgres => ("postgres", self.host.as_deref()),
        };
        if let Some(socket) = &self.socket {
            query.push((
                if self.server == Server::MySql {
                    "socket"
                } else {
                    "host"
                },
                socket.clone(),
            ));
        }
        let mut url = format!("{scheme}://{}", encode(&self.user));
        if !self.password.is_empty() {
            url = url + ":" + &encode(&self.password);
        }
        url.push('@');
        // An empty host in a URL is `localhost` for sqlx; a socket in the query comes before it.
        let place = place.unwrap_or("localhost");
        let address: Result<Ipv6Addr, _> = place.trim_matches(['[', ']']).parse();
        url.push_str(&address.map_or_else(|_| encode(place), |address| format!("[{address}]")));
        if let Some(port) = self.port {
            url = url + ":" + &port.to_string();
        }
        url = url + "/" + &encode(&self.database);
        for (number, (name, value)) in query.iter().enumerate() {
            url.push(if number == 0 { '?' } else { '&' });
            url = url + name + "=" + &encode(value);
        }
        url
    }
}

fn port(text: &str) -> Result<u16, DsnError> {
    text.parse().map_err(|_| DsnError::Port(text.to_owned()))
}

/// Everything but RFC 3986's unreserved characters is encoded.
fn encode(text: &str) -> String {
    const SET: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, SET).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(dsn: &str) -> String {
        parse(dsn, "otrs", "se:cret/@ü").unwrap().url()
    }

    #[test]
    fn names_become_urls() {
        for (dsn, expected) in [
            (
                "DBI:mysql:database=otrs;host=127.0.0.1;port=13306;",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@127.0.0.1:13306/otrs",
            ),
            (
                "dbi:MariaDB:database=otrs;host=db.example.com",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@db.example.com/otrs",
            ),
            (
                "DBI:mysql:otrs",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@localhost/otrs",
            ),
            (
                "DBI:mysql:otrs;host=::1;port=3307",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@[::1]:3307/otrs",
            ),
            (
                "DBI:mysql:otrs:db:3307",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@db:3307/otrs",
            ),
            (
                "DBI:mysql:database=my otrs;mysql_socket=/run/mysqld/mysqld.sock;mysql_ssl=1",
                "mysql://otrs:se%3Acret%2F%40%C3%BC@localhost/my%20otrs?ssl-mode=REQUIRED&socket=%2Frun%2Fmysqld%2Fmysqld.sock",
            ),
            (
                "DBI:Pg:dbname=otrs;host=127.0.0.1;port=15432;",
                "postgres://otrs:se%3Acret%2F%40%C3%BC@127.0.0.1:15432/otrs",
            ),
            (
                "DBI:Pg(RaiseError=>1):dbname=otrs",
                "postgres://otrs:se%3Acret%2F%40%C3%BC@localhost/otrs",
            ),
            (
                "DBI:Pg:dbname=otrs;host=/var/run/postgresql;sslmode=verify-full",
                "postgres://otrs:se%3Acret%2F%40%C3%BC@localhost/otrs?sslmode=verify-full&host=%2Fvar%2Frun%2Fpostgresql",
            ),
        ] {
            assert_eq!(url(dsn), expected, "{dsn}");
        }
    }

    #[test]
    fn a_name_may_carry_user_and_password() {
        let dsn = "DBI:Pg:dbname=otrs;user=a;password=b;";
        assert_eq!(
            parse(dsn, "", "").unwrap().url(),
            "postgres://a:b@localhost/otrs"
        );
        assert_eq!(
            parse(dsn, "x", "").unwrap().url(),
            "postgres://x:b@localhost/otrs"
        );
        assert_eq!(
            parse("DBI:mysql:database=otrs", "x", "").unwrap().url(),
            "mysql://x@localhost/otrs"
        );
    }

    #[test]
    fn what_has_no_meaning_is_named() {
        let connection = parse(
            "DBI:mysql:database=otrs;mysql_read_default_file=/etc/my.cnf;odd",
            "o",
            "p",
        )
        .unwrap();
        assert_eq!(connection.ignored, ["mysql_read_default_file", "odd"]);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for (dsn, error) in [
            ("otrs", DsnError::Shape("otrs".to_owned())),
            (
                "mysql://u:p@h/d",
                DsnError::Shape("mysql://u:p@h/d".to_owned()),
            ),
            ("DBI:mysql", DsnError::Shape("DBI:mysql".to_owned())),
            (
                "DBI:Oracle:sid=OTRS;host=h",
                DsnError::Driver("Oracle".to_owned()),
            ),
            ("DBI:mysql:host=h", DsnError::Database),
            ("DBI:Pg:otrs", DsnError::Database),
            (
                "DBI:mysql:database=otrs;port=x",
                DsnError::Port("x".to_owned()),
            ),
            (
                "DBI:mysql:database=otrs;port=70000",
                DsnError::Port("70000".to_owned()),
            ),
        ] {
            assert_eq!(parse(dsn, "o", "p").unwrap_err(), error, "{dsn}");
        }
    }

    /// The reference system's own command disguised these.
    #[test]
    fn disguised_passwords_are_revealed() {
        for (setting, password) in [
            ("{09b8d8c8}", "otrs"),
            ("{e9d9}", "ab"),
            ("{8ba979a969292dec}", "Geheim-1"),
            ("{30}", "ü"),
            ("plain", "plain"),
            ("{}", "{}"),
            ("{abc}", "{abc}"),
            ("{no}", "{no}"),
        ] {
            assert_eq!(plain_password(setting), password, "{setting}");
        }
        assert_eq!(
            parse("DBI:mysql:database=otrs", "otrs", "{09b8d8c8}")
                .unwrap()
                .password,
            "otrs"
        );
    }

    #[test]
    fn passwords_are_not_printed() {
        let connection = parse("DBI:mysql:database=otrs", "otrs", "se-cret").unwrap();
        assert!(!format!("{connection:?}").contains("se-cret"));
    }

    proptest! {
        #[test]
        fn any_name_is_answered(rest in any::<String>(), user in any::<String>(), password in any::<String>(), scheme in prop::sample::select(vec!["", "DBI:mysql:", "DBI:Pg:", "dbi:"])) {
            if let Ok(connection) = parse(&format!("{scheme}{rest}"), &user, &password) {
                prop_assert!(connection.url().is_ascii());
            }
        }

        #[test]
        fn attributes_in_any_order_are_answered(parts in prop::collection::vec("(database|host|port|mysql_socket|user|db|x)?=?[a-z0-9:/@%]{0,6}", 0..6)) {
            let _ = parse(&format!("DBI:mysql:{}", parts.join(";")), "u", "p").map(|connection| connection.url());
        }
    }
}
