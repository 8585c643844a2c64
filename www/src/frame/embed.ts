/** The page inside a frame: one element whose settings are in the link, and whose height the page around is told. */
import "../vggscope";
import { messagePanel } from "../dom/message-panel";
import { readLink, writeLink } from "../settings/link";
import { noticeOf } from "../settings/notice";
import { writeSettings } from "../settings/table";
import * as words from "../words/frame";
import type { FrameHeight } from "./height";

const scope = document.createElement("vgg-scope");
const notices = document.createElement("div");
const whole = document.createElement("a");
notices.setAttribute("role", "alert");
whole.target = "_blank";
whole.rel = "noopener";
whole.className = "whole";
whole.textContent = words.openInVggscope;

function follow(): void {
  const { settings, view, problems } = readLink(location.hash, location.search);
  const controls = new URLSearchParams(location.search).get("controls");
  const sentences = noticeOf(problems);
  notices.replaceChildren(
    ...(sentences.length > 0 ? [messagePanel(words.linkNotUnderstood, sentences)] : []),
  );
  if (controls !== null) scope.setAttribute("controls", controls);
  for (const [key, text] of writeSettings(settings)) scope.setAttribute(key, text);
  const { iteration } = view;
  if (iteration === undefined) scope.removeAttribute("iteration");
  else scope.setAttribute("iteration", String(iteration));
  whole.href = `./${writeLink(settings, view)}`;
}

/** Only a height, so whoever frames this page may know it. */
function tell(): void {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  const said: FrameHeight = { type: "vggscope-height", height };
  parent.postMessage(said, "*");
}

follow();
addEventListener("hashchange", follow);
document.getElementById("not-started")?.remove();
document.body.append(notices, scope, whole);
if (parent !== window) new ResizeObserver(tell).observe(document.documentElement);
