-- Writes the numbers of figures and tables and resolves @fig-… and @tbl-… as
-- Quarto does: an unlabelled table or figure has no number. The words come from
-- _quarto.yml, the numbers from embedded.py, both as metadata.

local words = {}
local numbers = {}
local nbsp = "\u{a0}"

local function kind_of(id)
  return id:match("^(fig)%-") or id:match("^(tbl)%-")
end

local function number(id)
  return words[kind_of(id) .. "-title"] .. nbsp .. numbers[id] .. words["title-delim"]
end

local function titled(id, blocks)
  local label = pandoc.Inlines({pandoc.Str(number(id))})
  if #blocks == 0 then
    return pandoc.Blocks({pandoc.Plain(label)})
  end
  label:insert(pandoc.Space())
  label:extend(blocks[1].content)
  blocks[1] = pandoc.Plain(label)
  return blocks
end

-- Words come percent-encoded: pandoc reads its command line in the locale's own encoding.
local function decoded(value)
  local text = pandoc.utils.stringify(value)
  return (text:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end))
end

local function read_words(meta)
  for _, name in ipairs({"fig-title", "fig-prefix", "tbl-title", "tbl-prefix", "title-delim"}) do
    words[name] = decoded(meta["msoko-" .. name])
  end
  for id, place in decoded(meta["msoko-numbers"]):gmatch("(%S+)=(%d+)") do
    numbers[id] = place
  end
end

local function described(figure)
  return figure:walk({
    Image = function(image)
      local alt = image.attributes["fig-alt"]
      if alt then
        image.attributes["fig-alt"] = nil
        image.attributes["alt"] = alt
      end
      return image
    end,
  })
end

local function figure(block)
  block = described(block)
  if numbers[block.identifier] then
    block.caption.long = titled(block.identifier, block.caption.long)
  end
  return block
end

local function tabulated(block)
  if numbers[block.identifier] then
    block.caption.long = titled(block.identifier, block.caption.long)
  end
  return block
end

local function reference(cite)
  local out = pandoc.Inlines({})
  for place, citation in ipairs(cite.citations) do
    local id = citation.id:sub(1, 1):lower() .. citation.id:sub(2)
    local kind = kind_of(id)
    if not kind then
      return nil
    end
    if place > 1 then
      out:extend({pandoc.Str(","), pandoc.Space()})
    end
    if not numbers[id] then
      out:insert(pandoc.Strong({pandoc.Str("?@" .. id)}))
    else
      local word = words[kind .. "-prefix"]
      if citation.id ~= id then
        word = pandoc.text.upper(pandoc.text.sub(word, 1, 1)) .. pandoc.text.sub(word, 2)
      end
      local text = #citation.prefix > 0 and citation.prefix
        or citation.mode == "SuppressAuthor" and pandoc.Inlines({})
        or pandoc.Inlines({pandoc.Str(word)})
      if #text > 0 then
        text:insert(pandoc.Str(nbsp))
      end
      text:insert(pandoc.Str(numbers[id]))
      out:insert(pandoc.Link(text, "#" .. id, "", pandoc.Attr("", {"quarto-xref"})))
    end
  end
  return out
end

return {
  {Meta = read_words},
  {Figure = figure, Table = tabulated},
  {Cite = reference},
}
