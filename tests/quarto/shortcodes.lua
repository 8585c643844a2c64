-- Runs the extension's shortcode in plain pandoc as Quarto does: `quarto` as far as the extension uses it, and each
-- paragraph that is a shortcode replaced by what its handler answers. VGGSCOPE_EXTENSION names the extension's script.

local included = {}

quarto = {
  doc = {
    is_format = function(format) return format == "html:js" and FORMAT:match("^html") ~= nil end,
    include_text = function(place, text)
      assert(place == "in-header", place)
      included[#included + 1] = pandoc.RawBlock("html", text)
    end,
  },
}

local handlers = dofile(os.getenv("VGGSCOPE_EXTENSION"))

-- Words that stand alone, and name="value" or name=value.
local function parse(text)
  local arguments, named = {}, {}
  text = text:gsub('([%w-]+)="([^"]*)"', function(name, value)
    named[name] = pandoc.Inlines({ pandoc.Str(value) })
    return ""
  end)
  for word in text:gmatch("%S+") do
    local name, value = word:match("^([%w-]+)=(.*)$")
    if name then named[name] = pandoc.Inlines({ pandoc.Str(value) })
    else arguments[#arguments + 1] = pandoc.Inlines({ pandoc.Str(word) }) end
  end
  return arguments, named
end

function Pandoc(document)
  document.blocks = document.blocks:walk({
    Para = function(paragraph)
      local name, rest = pandoc.utils.stringify(paragraph):match("^{{<%s+(%S+)%s*(.-)%s*>}}$")
      if not name then return nil end
      local arguments, named = parse(rest)
      return handlers[name](arguments, named, document.meta, {}, "block")
    end,
  })
  document.meta["header-includes"] = pandoc.MetaBlocks(included)
  return document
end
