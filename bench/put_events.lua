-- wrk -s put_events.lua URL -- FILE: the headers of a signed PutEvents call, one a line, and its body behind an empty line.
function init(arguments)
  local head, body = {}, {}
  local part = head
  for line in io.lines(arguments[1]) do
    if line == "" and part == head then part = body else table.insert(part, line) end
  end
  wrk.method = "POST"
  wrk.body = table.concat(body, "\n")
  for _, line in ipairs(head) do
    local name, value = line:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
end
