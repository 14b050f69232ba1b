-- From pages as the code host shows them to pages of the site: links between Markdown files become links between HTML
-- files, sources get a page of their own, fenced formulas become MathML.

local function to_site(target)
  if target:match("^%a+:") or target:match("^#") or target == "" then return target end
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
