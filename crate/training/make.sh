#!/usr/bin/env bash
# From an empty machine to www/public/weights/demo/ and the model card. Needs Python 3.11 or later, and Rust.
# What is there already is not made again, so a run that was cut off goes on. Options go to train.py, such as --long.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
build=${BUILD:-$PWD/build}
python=$build/venv/bin/python
demo=$root/www/public/weights/demo
untrained=$root/www/public/weights/untrained
layers=(block{1,2}_conv{1,2} block{3,4,5}_conv{1,2,3})
mkdir -p "$build/grids" "$build/last"

say() { printf '\n%s\n' "$*"; }
vggscope() { cargo run --release --quiet --manifest-path "$root/Cargo.toml" --bin vggscope -- "$@"; }
# first_steps MODEL FOLDER: the first step of every channel, from the noise that every climb starts from, at 64 x 64 pixels.
first_steps() {
  local layer csv
  mkdir -p "$2"
  for layer in "${layers[@]}"; do
    csv=$2/$layer.csv
    [ -f "$csv" ] || vggscope render --weights "$1" --layer "$layer" --channels "$(channels "$layer")" --iterations 1 \
      --objectives "$csv" --preprocessing none --width 64 --height 64
  done
}
# climb LAYER NAME MODEL CHANNELS: the notes' climb, as a grid and as exact last iterates.
climb() {
  local grid=$build/grids/$1-$2.png last=$build/last/$1-$2.npy iterates=$build/iterates
  [ -f "$last" ] && return
  rm -rf "$iterates" && mkdir "$iterates"
  vggscope render --weights "$3" --preprocessing none --layer "$1" --channels "$4" --grid "$grid" --iterates "$iterates"
  "$python" last.py "$iterates" "$last"
}
channels() {
  case $1 in block1*) echo 0-63 ;; block2*) echo 0-127 ;; block3*) echo 0-255 ;; *) echo 0-511 ;; esac
}

say "Python packages"
[ -x "$python" ] || python3 -m venv "$build/venv"
"$build/venv/bin/pip" install --quiet --requirement requirements.txt
"$python" -m unittest tests

if [ ! -f "$build/trained" ]; then
  say "training"
  options=("$@")
  if [ -f "$build/checkpoint.pt" ]; then options+=(--resume); fi
  "$python" train.py --out "$build/checkpoint.pt" "${options[@]}"
  touch "$build/trained"
fi

say "folding, and what held-out textures say"
[ -f "$build/training.json" ] || "$python" export.py "$build/checkpoint.pt" --out "$build"

say "rescaling"
first_steps "$build/folded.safetensors" "$build/gradients"
"$python" rescale.py "$build/folded.safetensors" --gradients "$build/gradients" --out "$build/rescaled.safetensors" \
  --reference "$build/reference.safetensors" --golden "$root/tests/reference/demo.safetensors"
vggscope weights convert "$build/rescaled.safetensors" --out "$demo" --dtype f16 --name "procedural textures" \
  --description "VGG16 trained to tell 61 families of computed textures apart: no photograph, no ImageNet" \
  --licence CC0-1.0 --source "made by crate/training of vggscope" --preprocessing none
vggscope weights verify "$demo"

say "measuring"
[ -d "$untrained" ] || (cd "$root" && cargo xtask build)
# The untrained network is a control as it ships, and scaled alike: at the notes' rate its pictures are still noise, of which ten say enough.
first_steps "$untrained" "$build/gradients-untrained"
"$python" rescale.py "$untrained" --gradients "$build/gradients-untrained" --out "$build/untrained-rescaled.safetensors"
for layer in "${layers[@]}"; do
  climb "$layer" trained "$demo" 0-39
  climb "$layer" untrained "$untrained" 0-9
  climb "$layer" untrained-rescaled "$build/untrained-rescaled.safetensors" 0-39
done
"$python" measure.py "$build" "$demo"

say "model card"
"$python" card.py "$build" --card MODEL_CARD.md
