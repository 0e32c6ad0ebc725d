//! Gives libvisa.so its name and its place in memory.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Programs record this name; cargo sets none.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libvisa.so");
    // Threads of the library must never lose their code: dlclose keeps it in memory.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
