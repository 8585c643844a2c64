/** Broken and hostile weight files, from disk and by address: each is refused in words, quickly, and the page goes on. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { own, stage } from "./support/fixture";
import { LabPage } from "./support/lab";

/** What a loader must say: its code, and words that name what is wrong. */
interface Refused {
  code: string;
  words: RegExp;
  /** What it says where only the first bytes have come, if that is something else. */
  byAddress?: { code: string; words: RegExp };
}

const malformed = (words: RegExp): Refused => ({ code: "weights-malformed", words });
const wrongShape = (words: RegExp): Refused => ({ code: "weights-wrong-shape", words });
const missing = (words: RegExp): Refused => ({ code: "weights-missing-tensor", words });
const unsafe = (words: RegExp): Refused => ({ code: "weights-unsafe-pickle", words });
const empty: Refused = { code: "weights-empty", words: /is empty/ };
const webPage: Refused = { code: "weights-web-page", words: /is a web page/ };
const onnx: Refused = { code: "weights-unknown-format", words: /\.safetensors, \.h5 or \.pth/ };

/** By name of the file in `tests/reference/bad`; its README says what is wrong with each. */
const SAFETENSORS: Record<string, Refused> = {
  "zero_length.safetensors": empty,
  "html_error_page.safetensors": webPage,
  "git_lfs_pointer.safetensors": { code: "weights-lfs-pointer", words: /Git LFS pointer/ },
  "truncated_lenfield.safetensors": malformed(/5 bytes are too few/),
  "truncated_header.safetensors": malformed(/header is said to be \d+ bytes long, and 192 follow/),
  "truncated_data.safetensors": { code: "weights-truncated", words: /30250 bytes where 60500/ },
  "header_len_zero.safetensors": malformed(/header is empty/),
  "header_len_too_big.safetensors": malformed(/header is said to be \d+ bytes long, and 1992 follow/),
  "header_len_u64_max.safetensors": malformed(/said to be 18446744073709551615 bytes long/),
  "header_not_utf8.safetensors": malformed(/not UTF-8/),
  "header_not_json.safetensors": malformed(/not JSON/),
  "header_json_array.safetensors": malformed(/expected an object/),
  "header_deep_nesting.safetensors": malformed(/expected an object/),
  "duplicate_key.safetensors": malformed(/features\.0\.weight appears twice/),
  "offsets_overlap.safetensors": malformed(/features\.2\.weight.*overlaps/),
  "offsets_past_end.safetensors": malformed(/features\.28\.bias/),
  "offsets_reversed.safetensors": malformed(/features\.2\.weight.*before its beginning/),
  "offsets_negative.safetensors": malformed(/features\.2\.weight.*negative offset/),
  "offsets_size_mismatch.safetensors": malformed(/features\.2\.weight.*bytes where its shape/),
  "shape_product_overflow.safetensors": malformed(/features\.2\.weight.*overflows/),
  "trailing_garbage.safetensors": malformed(/70 bytes follow/),
  "dtype_unknown.safetensors": malformed(/features\.2\.weight.*unknown dtype F77/),
  "dtype_i64.safetensors": { code: "weights-wrong-dtype", words: /features\.0\.weight.*I64/ },
  "empty_no_tensors.safetensors": missing(/block1_conv1/),
  "wrong_shape_hwio_not_oihw.safetensors": wrongShape(/features\.2\.weight.*\[3, 3, 2, 2\].*expected/),
  "wrong_rank.safetensors": wrongShape(/features\.2\.weight.*2 dimensions, expected 4/),
  "wrong_kernel_5x5.safetensors": wrongShape(/features\.2\.weight.*5 x 5/),
  "wrong_in_channels.safetensors": wrongShape(/features\.5\.weight.*the layer before/),
  "nan_tensor.safetensors": { code: "weights-not-finite", words: /features\.7\.weight.*NaN.*\[1, 2, 1, 1\]/ },
  "inf_tensor.safetensors": { code: "weights-not-finite", words: /features\.10\.bias.*inf.*\[3\]/ },
  "missing_layer_features7.safetensors": missing(/features\.7\.weight \(block2_conv2\)/),
  "missing_bias_features12.safetensors": missing(/features\.12\.bias \(block3_conv2\)/),
};

const WHOLE_ONLY: Record<string, Refused> = {
  "zero_length.h5": empty,
  "html_error_page.h5": webPage,
  "truncated.h5": { code: "weights-truncated", words: /56131 bytes where 93552/ },
  "truncated_superblock.h5": { code: "weights-truncated", words: /has 40 bytes/ },
  "bad_signature.h5": {
    ...malformed(/signature/),
    // Nothing but its name says that it should be HDF5.
    byAddress: { code: "weights-unknown-format", words: /not a weight file of a known kind/ },
  },
  "missing_layer_block2_conv2.h5": missing(/block2_conv2/),
  "wrong_shape.h5": wrongShape(/block1_conv2_W_1:0.*1 input channels.*2/),
  "wrong_dtype_i64.h5": { code: "weights-wrong-dtype", words: /block1_conv1_W_1:0.*64-bit integer/ },
  "zero_length.pth": empty,
  "html_error_page.pth": webPage,
  "malicious_os_system.pth": unsafe(/os\.system.*refused/),
  "malicious_posix_stack_global.pth": unsafe(/posix\.system.*refused/),
  "malicious_builtin_eval.pth": unsafe(/eval.*refused/),
  "malicious_raw_pickle.pth": unsafe(/os\.system.*refused/),
  "pickle_truncated.pth": malformed(/ends early/),
  "pickle_no_stop.pth": malformed(/ends early/),
  "zip_without_data_pkl.pth": malformed(/data\.pkl/),
  "truncated.pth": malformed(/directory.*cut/),
  "short_storage.pth": malformed(/features\.2\.weight needs 144 bytes.*8 bytes/),
  "zero_length.onnx": empty,
  "html_error_page.onnx": webPage,
  "truncated.onnx": onnx,
  "external_path_traversal.onnx": onnx,
  "missing_bias.onnx": onnx,
  "dtype_i64.onnx": onnx,
  "nan_tensor.onnx": onnx,
  // The page does not read ONNX: good ones are sent to the converter too.
  "good_twin.onnx": onnx,
};

const FOLDERS: Record<string, Refused> = {
  "sharded_missing_shard/": { code: "weights-not-found", words: /model-00004-of-00013\.safetensors.*404/ },
  "sharded_path_traversal/": { code: "weights-not-an-index", words: /etc\/passwd.*plain name/ },
};

/** They load, here or in good-files.test.ts. */
const SOUND = ["good_twin.safetensors", "good_twin.h5", "good_twin.pth", "big_endian_kernel.h5"];
const CUT_TO_HALF_PRECISION = "dtype_bf16.safetensors";

const set = stage();
let lab: LabPage;
let good: string;

beforeAll(async () => {
  lab = await LabPage.open(set);
  good = (await lab.attempt({ weights: own.bad("good_twin.safetensors") })).picture;
});

afterAll(() => {
  // A panic, or a worker that died, would be here.
  expect(lab.errors).toEqual([]);
});

const rows = (table: Record<string, Refused>) => Object.entries(table);

it("every file of the folder has its row", () => {
  const files = readdirSync(new URL("../reference/bad/", import.meta.url));
  const named = [SAFETENSORS, WHOLE_ONLY, FOLDERS].flatMap((table) => Object.keys(table));
  const bare = named.map((name) => name.replace("/", ""));
  expect([...bare, ...SOUND, CUT_TO_HALF_PRECISION].sort()).toEqual(files.sort());
});

describe.each([...rows(SAFETENSORS), ...rows(WHOLE_ONLY)])("%s", (name, refused) => {
  it("is refused from disk", async () => {
    await isRefused({ from: own.bad(name), as: "File", name }, name, refused);
  });

  it("is refused by its address", async () => {
    const weights = own.bad(name);
    const expected = refused.byAddress ?? refused;
    if (name in WHOLE_ONLY) {
      const { refusal } = await lab.attempt({ weights });
      expect([expected.code, "weights-needs-full-download"]).toContain(refusal?.code);
      if (refusal?.code === expected.code) expect(refusal.message).toMatch(expected.words);
    }
    await isRefused(weights, name, expected);
  });
});

it.each(rows(FOLDERS))("%s is refused, and nothing outside it is asked for", async (name, refused) => {
  const weights = own.bad(name);
  await isRefused(weights, "", refused);
  const outside = set.site.served.filter(({ path }) => path.includes("passwd"));
  expect(outside).toEqual([]);
});

it.each(SOUND)("%s loads, from disk and by its address, and gives its picture", async (name) => {
  const weights = own.bad(name);
  const fromDisk = await lab.attempt({ weights: { from: weights, as: "File", name } });
  const byAddress = await lab.attempt({ weights, allowFullDownload: true });
  expect([fromDisk.refusal, byAddress.refusal]).toEqual([undefined, undefined]);
  expect([fromDisk.picture, byAddress.picture]).toEqual([good, good]);
  expect(fromDisk.alive).toBeGreaterThan(0);
});

async function isRefused(
  weights: Parameters<LabPage["attempt"]>[0]["weights"],
  name: string,
  { code, words }: Refused,
): Promise<void> {
  const { refusal, milliseconds } = await lab.attempt({ weights, allowFullDownload: true });
  expect(refusal).toMatchObject({ own: true, code });
  expect(refusal?.message).toContain(name);
  expect(refusal?.message).toMatch(words);
  expect(milliseconds).toBeLessThan(2000);
}
