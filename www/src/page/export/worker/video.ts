/** Sheets that follow each other as a video, encoded by the browser. */
import {
  BufferTarget,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_VERY_HIGH,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from "mediabunny";
import * as words from "../../../words/writing";
import { FRAMES_PER_SECOND } from "../shared/frames";
import type { Frame, SheetJob } from "../shared/protocol";
import { Painter } from "./painter";
import type { Writer } from "./writer";

interface Container {
  format(): WebMOutputFormat | Mp4OutputFormat;
  /** The best first. MP4 has only what every player of MP4 plays. */
  codecs: VideoCodec[];
  type: string;
}

const CONTAINERS: Record<"webm" | "mp4", Container> = {
  webm: { format: () => new WebMOutputFormat(), codecs: ["vp9", "vp8", "av1"], type: "video/webm" },
  mp4: { format: () => new Mp4OutputFormat(), codecs: ["avc"], type: "video/mp4" },
};

class Video implements Writer {
  readonly #painter: Painter;
  readonly #output: Output;
  readonly #source: VideoSampleSource;
  readonly #target: BufferTarget;
  readonly #type: string;
  #at = 0;

  constructor(painter: Painter, { format, type }: Container, codec: VideoCodec) {
    this.#painter = painter;
    this.#type = type;
    this.#target = new BufferTarget();
    this.#output = new Output({ format: format(), target: this.#target });
    this.#source = new VideoSampleSource({ codec, quality: QUALITY_VERY_HIGH });
    this.#output.addVideoTrack(this.#source, { frameRate: FRAMES_PER_SECOND });
  }

  async start(texts: SheetJob["texts"]): Promise<void> {
    const { Description: comment } = texts;
    if (comment) this.#output.setMetadataTags({ comment });
    await this.#output.start();
  }

  get wordless(): boolean {
    return this.#painter.wordless;
  }

  async frame(frame: Frame): Promise<void> {
    this.#painter.paint(frame);
    const { width: codedWidth, height: codedHeight } = this.#painter.canvas;
    const time = { timestamp: this.#at, duration: frame.seconds };
    const sample = new VideoSample(this.#painter.bytes(), {
      format: "RGBX",
      codedWidth,
      codedHeight,
      ...time,
    });
    await this.#source.add(sample);
    sample.close();
    this.#at += frame.seconds;
  }

  async end(): Promise<Blob> {
    await this.#output.finalize();
    return new Blob([this.#target.buffer ?? ""], { type: this.#type });
  }
}

/** Rejects where this browser encodes nothing that the container may hold. */
export async function openVideo(kind: "webm" | "mp4", job: SheetJob): Promise<Writer> {
  const container = CONTAINERS[kind];
  const painter = new Painter(job);
  const { width, height } = painter.canvas;
  const codec = await getFirstEncodableVideoCodec(container.codecs, { width, height });
  if (!codec) throw new Error(words.cannotEncode(kind, width, height));
  const video = new Video(painter, container, codec);
  await video.start(job.texts);
  return video;
}
