-- From pages as the code host shows them to pages of the site: links between Markdown files become links between HTML
-- files, sources get a page of their own, fenced formulas become MathML, and an operation's place in its family's index
-- becomes its own page.

local function to_site(target)
  if target:match("^%a+:") or target:match("^#") or target == "" then return target end
  local page = os.getenv("GUERDON_PAGE") or ""
  local before, family, operation = target:match("^(.*reference/)([%w_]+)%.md#([%w_]+)$")
  if not before and page:match("^docs/reference/[%w_]+%.md$") then
    before, family, operation = "", target:match("^([%w_]+)%.md#([%w_]+)$")
  end
  if operation then return before .. family .. "/" .. operation .. ".html" end
  local path, anchor = target:match("^([^#]*)(#?.*)$")
  if path:match("/$") then path = path .. "README.md" end
  return path:gsub("%.md$", ".html"):gsub("%.hpp$", ".hpp.html"):gsub("%.cuh$", ".cuh.html") .. anchor
end

local function plain(tex) return (tex:gsub("^`(.*)`$", "%1")) end

return {{
  Link = function(link) link.target = to_site(link.target) return link end,
  Math = function(math) math.text = plain(math.text) return math end,
  CodeBlock = function(block)
    if block.classes[1] == "math" then return pandoc.Para{pandoc.Math("DisplayMath", block.text)} end
  end,
  Table = function(table) return pandoc.Div({table}, pandoc.Attr("", {"table"})) end,
}}
