-- The shortcode {{< vggscope layer="block3_conv1" channels="0-7" >}}: channels of VGG16 that climb in the document.
-- In formats other than HTML it is the picture `poster`, if there is one, with a link to the same on the site.

-- What the site's link takes; an element takes these and the others.
local SETTINGS = {
  "model", "weights", "network", "layer", "channels", "width", "height", "iterations", "learning-rate", "step", "preprocessing",
  "start", "seed", "backend",
}
local OTHERS = { "controls", "loading", "keep", "poster", "iteration" }

local function list(...)
  local all = {}
  for _, names in ipairs({ ... }) do
    for _, name in ipairs(names) do
      all[#all + 1] = name
    end
  end
  return all
end

local ATTRIBUTES = list(SETTINGS, OTHERS)

local function has(names, wanted)
  for _, name in ipairs(names) do
    if name == wanted then return true end
  end
  return false
end

local function fail(message)
  error("vggscope: " .. message, 0)
end

local function escaped(text)
  return (text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

-- Links stay readable: what a fragment may hold stays as it is.
local function encoded(text)
  return (text:gsub("[^%w%-._~/:,]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

-- What the document wrote, by name; an error where it wrote something else.
local function given(arguments, named)
  if #arguments > 0 then
    fail(("%q stands without a name. Write it as layer=\"block3_conv1\"."):format(pandoc.utils.stringify(arguments[1])))
  end
  local values = {}
  for name, value in pairs(named) do
    if name ~= "site" and not has(ATTRIBUTES, name) then
      fail(("there is no attribute %q. Known: site, %s."):format(name, table.concat(ATTRIBUTES, ", ")))
    end
    values[name] = pandoc.utils.stringify(value)
  end
  return values
end

local function site_of(values, meta)
  local site = values.site or (meta["vggscope-site"] and pandoc.utils.stringify(meta["vggscope-site"])) or ""
  if site == "" then
    fail('where does the site lie? Put "vggscope-site: https://example.org/vggscope/" into the document\'s header, or site="…" into the shortcode.')
  end
  return site:sub(-1) == "/" and site or site .. "/"
end

local function link_to(site, values)
  local pairs_ = {}
  for _, name in ipairs(list(SETTINGS, { "iteration" })) do
    if values[name] then pairs_[#pairs_ + 1] = name .. "=" .. encoded(values[name]) end
  end
  return site .. "#" .. table.concat(pairs_, "&")
end

local function name_of(values)
  local which = values.channels and "Channels " .. values.channels or "Channels"
  return ("%s of VGG16’s %s, climbing"):format(which, values.layer or "block1_conv2")
end

local function element(site, values)
  local written = {}
  for _, name in ipairs(ATTRIBUTES) do
    if values[name] then written[#written + 1] = (' %s="%s"'):format(name, escaped(values[name])) end
  end
  local link = ('<a href="%s">%s</a>'):format(escaped(link_to(site, values)), escaped(name_of(values)))
  return ("<vgg-scope%s>%s</vgg-scope>"):format(table.concat(written), link)
end

-- Sites whose script the document has already.
local loaded = {}

-- A document made into one file must not take the script into itself: it finds its engine beside where it lies.
local function load(site)
  if loaded[site] then return end
  loaded[site] = true
  local address = escaped(site .. "vggscope.js")
  quarto.doc.include_text(
    "in-header",
    ('<script type="module" src="%s" data-external="1"></script>'):format(address)
  )
end

local function printed(site, values)
  local words = pandoc.Str(name_of(values))
  local shown = values.poster and pandoc.Image({ words }, values.poster) or words
  return pandoc.Link({ shown }, link_to(site, values))
end

local function vggscope(arguments, named, meta, _raw, context)
  local values = given(arguments, named)
  local site = site_of(values, meta)
  if not quarto.doc.is_format("html:js") then
    local inline = printed(site, values)
    return context == "block" and pandoc.Para({ inline }) or inline
  end
  load(site)
  local raw = context == "block" and pandoc.RawBlock or pandoc.RawInline
  return raw("html", element(site, values))
end

return { ["vggscope"] = vggscope }
