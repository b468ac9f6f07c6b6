//! A throw-away Dovecot on ports of the loopback address, with its mail in a temporary folder.

use std::{
    fs,
    net::TcpStream,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use otterdesk::mail::account::Kind;

/// Ends with the test.
pub struct Dovecot {
    child: Child,
    folder: tempfile::TempDir,
    ports: [u16; 4],
    delivered: AtomicUsize,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master ends its children when it is asked to.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

fn free_ports() -> [u16; 4] {
    let listeners = [0; 4].map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Where Debian and others put it.
fn program() -> PathBuf {
    let places = [
        "/usr/sbin/dovecot",
        "/usr/local/sbin/dovecot",
        "/usr/bin/dovecot",
    ];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("these tests need Dovecot: `make setup` installs it"))
}

fn config(folder: &Path, ports: [u16; 4]) -> String {
    let folder = folder.display();
    let [imap, imaps, pop3, pop3s] = ports;
    let is_root = output("id", &["-u"]) == "0";
    let user = output("id", &["-un"]);
    let group = output("id", &["-gn"]);
    let (internal, login, owner, owners) = if is_root {
        ("dovecot", "dovenull", "nobody", "nogroup")
    } else {
        (user.as_str(), user.as_str(), user.as_str(), group.as_str())
    };
    format!(
        "base_dir={folder}/run\nstate_dir={folder}/state\nlog_path={folder}/log\nprotocols=imap pop3\nlisten=127.0.0.1\n\
         ssl=yes\nssl_cert=<{folder}/cert.pem\nssl_key=<{folder}/key.pem\ndisable_plaintext_auth=no\n\
         default_internal_user={internal}\ndefault_login_user={login}\nmail_location=maildir:{folder}/mail/%u\n\
         auth_username_chars=\nauth_failure_delay=0\nfirst_valid_uid=1\nmail_max_userip_connections=100\n\
         passdb {{\n driver=static\n args=password=secret\n}}\n\
         userdb {{\n driver=static\n args=uid={owner} gid={owners} home={folder}/mail/%u\n}}\n\
         service imap-login {{\n chroot=\n inet_listener imap {{\n port={imap}\n }}\n inet_listener imaps {{\n port={imaps}\n ssl=yes\n }}\n}}\n\
         service pop3-login {{\n chroot=\n inet_listener pop3 {{\n port={pop3}\n }}\n inet_listener pop3s {{\n port={pop3s}\n ssl=yes\n }}\n}}\n\
         service anvil {{\n chroot=\n}}\n"
    )
}

/// Tokens are good as well as the password, when this server says whose they are.
fn tokens(folder: &Path, introspection_url: &str) -> String {
    let file = folder.join("oauth2.conf");
    let text = format!(
        "introspection_mode=post\nintrospection_url={introspection_url}\nusername_attribute=username\n\
         active_attribute=active\nactive_value=true\n"
    );
    fs::write(&file, text).unwrap();
    format!(
        "auth_mechanisms=plain login xoauth2\nauth_cache_size=0\n\
         passdb {{\n driver=oauth2\n mechanisms=xoauth2\n args={}\n}}\n",
        file.display()
    )
}

impl Dovecot {
    pub async fn start() -> Self {
        Self::run("").await
    }

    pub async fn with_tokens(introspection_url: &str) -> Self {
        Self::run(introspection_url).await
    }

    async fn run(introspection_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        output(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                &path("key.pem"),
                "-out",
                &path("cert.pem"),
            ],
        );
        fs::create_dir(path("mail")).unwrap();
        own(&folder.path().join("mail"));
        let ports = free_ports();
        let mut text = config(folder.path(), ports);
        if !introspection_url.is_empty() {
            text = text.replace("passdb {\n", "passdb {\n mechanisms=plain login\n");
            text.push_str(&tokens(folder.path(), introspection_url));
        }
        fs::write(path("dovecot.conf"), text).unwrap();
        let child = Command::new(program())
            .args(["-F", "-c", &path("dovecot.conf")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dovecot = Self {
            child,
            folder,
            ports,
            delivered: AtomicUsize::new(0),
        };
        for _ in 0..300 {
            if ports
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
            {
                return dovecot;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = fs::read_to_string(dovecot.folder.path().join("log")).unwrap_or_default();
        panic!("Dovecot did not start: {log}");
    }

    pub fn port(&self, kind: Kind) -> u16 {
        let [imap, imaps, pop3, pop3s] = self.ports;
        match kind {
            Kind::Imap | Kind::ImapTls => imap,
            Kind::Imaps => imaps,
            Kind::Pop3 | Kind::Pop3Tls => pop3,
            Kind::Pop3s => pop3s,
        }
    }

    fn mailbox(&self, login: &str) -> PathBuf {
        self.folder.path().join("mail").join(login.to_lowercase())
    }

    /// Puts a message into somebody's inbox.
    pub fn deliver(&self, login: &str, message: &str) {
        let mailbox = self.mailbox(login);
        for folder in ["", "cur", "new", "tmp"] {
            let folder = mailbox.join(folder);
            fs::create_dir_all(&folder).unwrap();
            own(&folder);
        }
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        // The order of the names is the order of the messages.
        let path = mailbox
            .join("new")
            .join(format!("{:010}.M1P1.test", 1_000 + number));
        fs::write(&path, message).unwrap();
        own(&path);
    }

    /// Messages in somebody's inbox.
    pub fn waiting(&self, login: &str) -> usize {
        let count = |folder| {
            fs::read_dir(self.mailbox(login).join(folder))
                .unwrap()
                .count()
        };
        count("new") + count("cur")
    }
}

/// Root gives the mail to whom Dovecot runs as; other people run it themselves.
fn own(path: &Path) {
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let id = |flag| output("id", &[flag, "nobody"]).parse().unwrap();
        chown(path, Some(id("-u")), Some(id("-g"))).unwrap();
    }
}
