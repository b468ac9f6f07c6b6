//! Servers with certificates, and ours for them. The authority of `fixtures/requests/tls` is nobody's but the tests'.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::WebPkiClientVerifier,
    },
};

use super::{call, log, service};
use crate::support::TestApp;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/requests/tls");

fn file(name: &str) -> String {
    format!("{DIRECTORY}/{name}")
}

/// A server that answers over TLS; gives its port.
async fn server(wants_certificate: bool) -> u16 {
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(
        tokio_rustls::rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap();
    let builder = if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(file("ca.pem")).unwrap())
            .unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(
            Arc::new(roots),
            Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()),
        );
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let config = builder.with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut chunk = [0; 4096];
            // The request is so short that it comes in one piece.
            if stream.read(&mut chunk).await.is_err() {
                continue;
            }
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"A\":1}";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

/// What a call of this address gives, or what the debug log says of its failure.
async fn outcome(host: &str, port: u16, ssl: &str) -> String {
    let app = TestApp::start().await;
    let config = format!(
        "DefaultCommand: GET\nHost: https://{host}:{port}\nInvokerControllerMapping:\n  Echo:\n    Controller: /x\nTimeout: '5'\n{ssl}"
    );
    app.web_service("Out", &service("HTTP::REST", &config))
        .await;
    match call(&app, "Echo", "{}").await {
        Ok(answer) => answer,
        Err(_) => log(&app).await,
    }
}

fn with_authority(more: &str) -> String {
    format!(
        "SSL:\n  UseSSL: Yes\n  SSLCAFile: {}\n{more}",
        file("ca.pem")
    )
}

#[actix_web::test]
async fn certificates_are_checked_against_the_authorities_that_are_believed() {
    let port = server(false).await;
    let unknown = outcome("127.0.0.1", port, "").await;
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    assert_eq!(
        outcome("127.0.0.1", port, &with_authority("")).await,
        r#"{"A":1}"#
    );
    // The certificate is for 127.0.0.1 only.
    let other = outcome("localhost", port, &with_authority("")).await;
    assert!(other.contains("not valid for name"), "{other}");
    let unchecked = format!("{}SSLNoHostnameVerification: '1'\n", with_authority(""));
    assert_eq!(outcome("localhost", port, &unchecked).await, r#"{"A":1}"#);
}

#[actix_web::test]
async fn a_server_that_wants_a_certificate_gets_ours() {
    let port = server(true).await;
    let without = outcome("127.0.0.1", port, &with_authority("")).await;
    assert!(without.contains("Response code '500'"), "{without}");
    let ours = format!(
        "  SSLCertificate: {}\n  SSLKey: {}\n",
        file("client.pem"),
        file("client.key")
    );
    assert_eq!(
        outcome("127.0.0.1", port, &with_authority(&ours)).await,
        r#"{"A":1}"#
    );
}
