// What a reader does in a round.

/** Where a round begins and ends. */
const HOME = {
  weights: "weights/demo/",
  layer: "block2_conv1",
  channels: "0-7",
  width: "48",
  height: "48",
  iterations: "20",
  backend: "cpu",
};
const LAYERS = ["block1_conv2", "block3_conv1", "block1_pool"];

export class Visitor {
  #page;
  #address;

  constructor(page, address) {
    this.#page = page;
    this.#address = address;
  }

  async arrive() {
    await this.#page.goto(`${this.#address}#${new URLSearchParams(HOME)}`);
    await this.#finished();
  }

  async reload() {
    await this.#page.reload();
    await this.#finished();
  }

  /** Climbs, looks closely, scrubs, stops half-way, goes to other layers and another model, and comes back. */
  async round() {
    await this.#lookClosely(3);
    await this.#scrub();
    for (const layer of LAYERS) await this.#go({ layer });
    await this.#leaveHalfWay();
    await this.#go({ weights: "weights/untrained/" });
    await this.#lookClosely(7);
    await this.#go({ width: "64", iterations: "12" });
    await this.#go({});
    await this.#scrub();
    await this.#page.evaluate(() => scrollTo(0, 0));
  }

  /** To home's settings, but for some, once the climb there is over. */
  async #go(changes) {
    await this.#follow({ ...HOME, ...changes });
    await this.#finished();
  }

  /** As a reader does who edits the address; waits until the element has heard of it. */
  async #follow(settings) {
    await this.#page.evaluate(
      async (link) => {
        if (location.hash === link) return;
        const scope = document.querySelector("vgg-scope");
        const begun = new Promise((resolve) =>
          scope.addEventListener("vggscope-state", resolve, { once: true }),
        );
        location.hash = link;
        await begun;
      },
      `#${new URLSearchParams(settings)}`,
    );
  }

  async #finished() {
    await this.#page.waitForSelector('vgg-scope:is([data-state="finished"], [data-state="error"])');
    const [message] = await this.#page.locator('vgg-scope[data-state="error"]').allInnerTexts();
    if (message !== undefined) throw new Error(`the climb failed: ${message}`);
  }

  async #leaveHalfWay() {
    await this.#follow({ ...HOME, iterations: "5000" });
    await this.#page.waitForSelector('vgg-scope[data-state="running"]');
    await this.#page.waitForFunction(() => document.querySelector("vgg-scope").record.reached > 5);
  }

  async #lookClosely(channel) {
    await this.#page.locator(`.vgg-tile[data-channel="${channel}"] a`).click();
    const dialog = this.#page.getByRole("dialog");
    await dialog.getByRole("slider", { name: "Step shown" }).fill("10");
    await dialog.locator("canvas").first().waitFor();
    await this.#page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  }

  /** Every step there and back, one a frame. */
  async #scrub() {
    const player = this.#page.getByRole("group", { name: "Step of all pictures" });
    await player.getByRole("slider", { name: "Step shown" }).evaluate(async (slider) => {
      const last = Number(slider.max);
      const there = Array.from({ length: last + 1 }, (_, step) => step);
      for (const step of [...there.toReversed(), ...there]) {
        slider.value = String(step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
      }
    });
  }
}
