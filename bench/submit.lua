-- wrk: POST a job of one file. Arguments after --: the bearer token, the file key.
function init(arguments)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.body = '{"job_name":"bench","files":[{"file_key":"' .. arguments[2] .. '","filename":"a.md"}]}'
end
