(module
  ;; Two halves of 64 MiB, more than most caches hold.
  (memory 2048)

  ;; Ten independent sums, each multiplied and added to in turn: 128-bit SIMD has no fused multiply-add.
  ;; A round is 10 * 4 * 2 operations. The total keeps the sums from being left out.
  (func (export "arithmetic") (param $rounds i32) (result f32)
    (local $f v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128)
    (local $g v128) (local $h v128) (local $i v128) (local $j v128) (local $k v128)
    (local.set $f (f32x4.splat (f32.const 0.999)))
    (loop $again
      (local.set $a (f32x4.add (f32x4.mul (local.get $a) (local.get $f)) (local.get $f)))
      (local.set $b (f32x4.add (f32x4.mul (local.get $b) (local.get $f)) (local.get $f)))
      (local.set $c (f32x4.add (f32x4.mul (local.get $c) (local.get $f)) (local.get $f)))
      (local.set $d (f32x4.add (f32x4.mul (local.get $d) (local.get $f)) (local.get $f)))
      (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $f)) (local.get $f)))
      (local.set $g (f32x4.add (f32x4.mul (local.get $g) (local.get $f)) (local.get $f)))
      (local.set $h (f32x4.add (f32x4.mul (local.get $h) (local.get $f)) (local.get $f)))
      (local.set $i (f32x4.add (f32x4.mul (local.get $i) (local.get $f)) (local.get $f)))
      (local.set $j (f32x4.add (f32x4.mul (local.get $j) (local.get $f)) (local.get $f)))
      (local.set $k (f32x4.add (f32x4.mul (local.get $k) (local.get $f)) (local.get $f)))
      (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
      (br_if $again (local.get $rounds)))
    (local.set $a (f32x4.add (local.get $a) (f32x4.add (local.get $b) (local.get $c))))
    (local.set $a (f32x4.add (local.get $a) (f32x4.add (local.get $d) (local.get $e))))
    (local.set $a (f32x4.add (local.get $a) (f32x4.add (local.get $g) (local.get $h))))
    (local.set $a (f32x4.add (local.get $a) (f32x4.add (local.get $i) (local.get $j))))
    (f32x4.extract_lane 0 (f32x4.add (local.get $a) (local.get $k))))

  ;; Copies one half over the other; as the STREAM benchmark counts, 2 * 64 MiB are read and written.
  (func (export "copy")
    (memory.copy (i32.const 0) (i32.const 0x4000000) (i32.const 0x4000000))))
