//! Links libxslt and libexslt, which run the XSLT mappings of web services.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = pkg_config::probe_library("libexslt") {
        println!("cargo:warning=libexslt is missing; install libxslt1-dev");
        println!("cargo:warning={error}");
        std::process::exit(1);
    }
}
