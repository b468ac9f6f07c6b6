//! The ways out.

use otterdesk::mail::outgoing::transport::{
    Carrier, Failure, Login, Parcel, Security, Smtp, Transport,
};

use super::post_office::{Encryption, PostOffice, authority};

fn server(office: &PostOffice, security: Security) -> Smtp {
    Smtp {
        host: "127.0.0.1".to_owned(),
        port: Some(office.port),
        security,
        login: None,
        hello: "desk.example".to_owned(),
        authority: Some(authority()),
    }
}

async fn send(transport: Transport, recipient: &str) -> Result<(), Failure> {
    let recipients = [recipient.to_owned()];
    let mut carrier = Carrier::new(transport);
    let sent = carrier
        .send(Parcel {
            sender: "desk@x.example",
            recipients: &recipients,
            raw: b"Subject: x\n\nhello\n",
        })
        .await;
    carrier.close().await;
    sent
}

#[actix_web::test]
async fn mails_travel_encrypted() {
    for (encryption, security) in [
        (Encryption::Offered, Security::StartTls),
        (Encryption::FromStart, Security::Tls),
    ] {
        let office = PostOffice::open(encryption).await;
        let sent = send(Transport::Smtp(server(&office, security)), "ann@y.example").await;
        assert_eq!(sent, Ok(()));
        assert_eq!(office.taken().len(), 1);
        assert_eq!(office.taken()[0].message, "Subject: x\r\n\r\nhello\r\n");
    }
}

#[actix_web::test]
async fn no_mail_goes_to_a_server_that_proves_nothing() {
    for (encryption, security) in [
        (Encryption::Offered, Security::StartTls),
        (Encryption::FromStart, Security::Tls),
    ] {
        let office = PostOffice::open(encryption).await;
        let unknown = Smtp {
            authority: None,
            ..server(&office, security)
        };
        let failure = send(Transport::Smtp(unknown), "ann@y.example")
            .await
            .unwrap_err();
        assert!(!failure.connected && !failure.is_permanent(), "{failure:?}");
        assert!(office.taken().is_empty());
    }
    let plain = PostOffice::open(Encryption::None).await;
    let failure = send(
        Transport::Smtp(server(&plain, Security::StartTls)),
        "ann@y.example",
    )
    .await;
    assert!(!failure.unwrap_err().is_permanent());
    assert!(plain.taken().is_empty());
}

#[actix_web::test]
async fn a_password_opens_the_server_and_a_wrong_one_loses_no_mail() {
    let office = PostOffice::open(Encryption::Offered).await;
    let with = |password: &str| {
        Transport::Smtp(Smtp {
            login: Some(Login::Password {
                user: "ann".to_owned(),
                password: password.to_owned(),
            }),
            ..server(&office, Security::StartTls)
        })
    };

    assert_eq!(send(with("secret"), "bob@y.example").await, Ok(()));
    let failure = send(with("wrong"), "bob@y.example").await.unwrap_err();

    assert!(
        failure.text.contains("535, 5.7.8 who are you"),
        "{failure:?}"
    );
    assert!(!failure.is_permanent());
    assert_eq!(office.taken().len(), 1);
}

#[actix_web::test]
async fn addresses_can_not_say_commands() {
    let office = PostOffice::open(Encryption::None).await;
    let failure = send(
        Transport::Smtp(server(&office, Security::None)),
        "a@y.example>\r\nDATA",
    )
    .await
    .unwrap_err();
    assert!(failure.is_permanent());
    assert!(office.taken().is_empty());
}

#[actix_web::test]
async fn a_program_gets_addresses_as_arguments_and_the_mail_on_its_input() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let script = directory.path().join("sendmail.sh");
    let text = format!(
        "#!/bin/sh\nfor word in \"$@\"; do echo \"[$word]\"; done > {0}\ncat >> {0}\n",
        out.display()
    );
    std::fs::write(&script, text).unwrap();
    let program = |arguments: &[&str]| {
        let words = std::iter::once("/bin/sh").chain(arguments.iter().copied());
        Transport::Program(words.map(str::to_owned).collect())
    };
    let path = script.display().to_string();

    let sent = send(program(&[&path, "-i", "-f"]), "$(reboot)@y.example").await;

    assert_eq!(sent, Ok(()));
    assert_eq!(
        std::fs::read_to_string(&out).unwrap(),
        "[-i]\n[-f]\n[desk@x.example]\n[$(reboot)@y.example]\nSubject: x\n\nhello\n"
    );
    let option = send(program(&[&path]), "-oQ/tmp").await.unwrap_err();
    assert!(option.is_permanent());
    let fails = send(program(&["-c", "echo full >&2; exit 75"]), "a@y.example").await;
    let fails = fails.unwrap_err();
    assert!(
        fails.text.contains("full") && !fails.is_permanent(),
        "{fails:?}"
    );
}
