-- Reads a source file as a page: its name, and its text.
function Reader(input, options)
  local path = os.getenv("GUERDON_PAGE") or "source"
  return pandoc.Pandoc{
    pandoc.Header(1, {pandoc.Code(path:match("[^/]*$"))}),
    pandoc.Para{pandoc.Code(path)},
    pandoc.CodeBlock(tostring(input), pandoc.Attr("", {"cpp"}))}
end
