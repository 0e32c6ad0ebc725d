//! Gives libvisa.so its name and its place in memory, and compiles what only C can say.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Programs record this name; cargo sets none.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libvisa.so");
    // Threads of the library must never lose their code: dlclose keeps it in memory.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    variadic();
}

/// The functions with an ellipsis (see `src/ffi/variadic.rs`).
fn variadic() {
    let source = "src/ffi/variadic.c";
    println!("cargo:rerun-if-changed={source}");
    cc::Build::new()
        .file(source)
        .std("c99")
        .warnings(true)
        .extra_warnings(true)
        .compile("visa_variadic");
}
