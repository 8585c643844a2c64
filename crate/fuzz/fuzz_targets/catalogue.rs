#![no_main]
vggscope_fuzz::fuzz!("catalogue");
