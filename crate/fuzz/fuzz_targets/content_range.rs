#![no_main]
vggscope_fuzz::fuzz!("content_range");
