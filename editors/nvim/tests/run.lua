-- nvim --clean --headless -l tests/run.lua SERVER: the shipped configuration in a
-- real Neovim, with a second server on the same buffers. Leaves with 1 on a failure.
local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
vim.opt.runtimepath:prepend(vim.fs.dirname(here))
vim.o.swapfile = false
vim.cmd('filetype plugin on')
vim.cmd('runtime! plugin/reactorls.lua')

local binary = arg[1] or 'reactorls'
local patience = 30000 -- ms, for what is waited for

local passed, failed = 0, 0
local function test(name, f)
  local started = vim.uv.hrtime()
  local ok, err = xpcall(f, debug.traceback)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
  end
  local took = (vim.uv.hrtime() - started) / 1e6
  io.stdout:write(('%s %s (%.0f ms)\n%s'):format(ok and 'ok  ' or 'FAIL', name, took, ok and '' or err .. '\n'))
end

local function equal(want, got, what)
  if not vim.deep_equal(want, got) then
    error(('%s: want %s, got %s'):format(what, vim.inspect(want), vim.inspect(got)), 2)
  end
end

local function contains(text, part)
  if not text:find(part, 1, true) then
    error(('%q is not in:\n%s'):format(part, text), 2)
  end
end

local function wait(what, f)
  if not vim.wait(patience, f, 20) then
    error('timed out waiting for ' .. what, 2)
  end
end

local manifest = {
  '[package]',
  'name = "demo"',
  'version = "0.1.0"',
  'edition = "2021"',
  '',
  '[dependencies]',
  'tokio = { version = "1", features = ["rt", "macros", "fs"] }',
}
local main = { '#[tokio::main(flavor = "current_thread")]', 'async fn main() {', '    println!("hello");', '}' }

local function write(path, lines)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  vim.fn.writefile(lines, path)
end

local function project()
  local dir = vim.uv.fs_realpath(vim.fs.dirname(vim.fn.tempname())) .. '/demo'
  write(dir .. '/Cargo.toml', manifest)
  write(dir .. '/src/main.rs', main)
  return dir
end

local function open(path)
  vim.cmd('silent edit ' .. vim.fn.fnameescape(path))
  return vim.api.nvim_get_current_buf()
end

local function codes(buf)
  return vim.tbl_map(function(d)
    return d.code
  end, vim.diagnostic.get(buf))
end

local function client()
  return vim.lsp.get_clients({ name = 'reactorls' })[1]
end

local function scratch(name)
  local buf
  wait(name, function()
    buf = vim.fn.bufnr('reactorls://' .. name)
    return buf >= 0 and vim.api.nvim_buf_line_count(buf) > 1
  end)
  return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n')
end

-- A second server on the same buffers, in this process, stands in for rust-analyzer.
vim.lsp.config('other', {
  filetypes = { 'rust' },
  root_markers = { 'Cargo.toml' },
  cmd = function()
    local closing = false
    return {
      request = function(method, _, done)
        if method == 'initialize' then
          done(nil, { capabilities = { hoverProvider = true } })
        elseif method == 'textDocument/hover' then
          done(nil, { contents = { kind = 'markdown', value = 'of the other' } })
        else
          done(nil, vim.NIL)
        end
        return true, 1
      end,
      notify = function(method)
        closing = closing or method == 'exit'
      end,
      is_closing = function()
        return closing
      end,
      terminate = function()
        closing = true
      end,
    }
  end,
})

vim.lsp.config('reactorls', { cmd = { binary } })
vim.lsp.enable({ 'reactorls', 'other' })

local dir = project()
local buf

test('attaches to Cargo.toml and shows what is wrong', function()
  buf = open(dir .. '/Cargo.toml')
  equal('toml', vim.bo[buf].filetype, 'filetype')
  wait('the diagnostic', function()
    return vim.deep_equal({ 'unused-feature' }, codes(buf))
  end)
  local d = vim.diagnostic.get(buf)[1]
  equal('reactorls', d.source, 'source')
  equal(vim.diagnostic.severity.WARN, d.severity, 'severity')
  equal('"fs"', vim.api.nvim_buf_get_text(buf, d.lnum, d.col, d.end_lnum, d.end_col, {})[1], 'range')
  equal(dir, client().root_dir, 'root')
end)

test('hovers in the float', function()
  vim.api.nvim_win_set_cursor(0, { 7, 2 })
  local text
  wait('the float', function()
    vim.lsp.buf.hover()
    return vim.wait(2000, function()
      for _, win in ipairs(vim.api.nvim_list_wins()) do
        if vim.api.nvim_win_get_config(win).relative ~= '' then
          text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false), '\n')
          vim.api.nvim_win_close(win, true)
          return true
        end
      end
      return false
    end, 20)
  end)
  contains(text, 'tokio')
end)

test('applies a code action, which is written', function()
  local d = vim.diagnostic.get(buf)[1]
  vim.api.nvim_win_set_cursor(0, { d.lnum + 1, d.col })
  vim.lsp.buf.code_action({
    apply = true,
    context = { only = { 'quickfix' }, diagnostics = {} },
    filter = function(a)
      return a.isPreferred
    end,
  })
  local fixed = 'tokio = { version = "1", features = ["rt", "macros"] }'
  wait('the edit', function()
    return vim.api.nvim_buf_get_lines(buf, 6, 7, false)[1] == fixed
  end)
  wait('its diagnostic to go', function()
    return #codes(buf) == 0
  end)
  vim.cmd('silent write')
  equal(fixed, vim.fn.readfile(dir .. '/Cargo.toml')[7], 'on disk')
end)

test('sees what changes outside', function()
  wait('the registration', function()
    return client().dynamic_capabilities:get('workspace/didChangeWatchedFiles') ~= nil
  end)
  write(dir .. '/src/other.rs', { 'pub async fn read() { let _ = tokio::fs::read("a").await; }' })
  write(dir .. '/src/main.rs', vim.list_extend({ 'mod other;' }, main))
  wait('the diagnostic', function()
    for _, d in ipairs(vim.diagnostic.get()) do
      if d.code == 'missing-feature' then
        return true
      end
    end
    return false
  end)
end)

test('shares a Rust buffer with another server', function()
  local rust = open(dir .. '/src/main.rs')
  wait('two servers', function()
    local here_now = vim.lsp.get_clients({ bufnr = rust })
    return #here_now == 2 and vim.iter(here_now):all(function(c)
      return c.initialized
    end)
  end)
  equal(1, #vim.lsp.get_clients({ name = 'reactorls' }), 'processes')
  local at = { textDocument = vim.lsp.util.make_text_document_params(rust), position = { line = 1, character = 5 } }
  local answers = vim.lsp.buf_request_sync(rust, 'textDocument/hover', at, patience)
  equal(2, vim.tbl_count(answers), 'answers')
end)

test('leaves other TOML files alone', function()
  write(dir .. '/other.toml', { 'x = 1' })
  local other = open(dir .. '/other.toml')
  -- An attach would be asked for by the autocommand that has run by now.
  equal(0, #vim.lsp.get_clients({ bufnr = other }), 'servers')
end)

test(':Reactorls report', function()
  open(dir .. '/Cargo.toml')
  vim.cmd('Reactorls report')
  contains(scratch('report'), 'tokio')
end)

test(':Reactorls explain', function()
  vim.cmd('Reactorls explain no-reactor')
  contains(scratch('explain'), 'no-reactor')
end)

test(':Reactorls recommend', function()
  local asked = {}
  vim.ui.select = function(items, opts, done)
    table.insert(asked, opts.prompt)
    done(items[1], 1)
  end
  open(dir .. '/Cargo.toml')
  vim.cmd('Reactorls recommend')
  local text = scratch('recommend')
  contains(text, 'tokio')
  assert(#asked > 0, 'nothing was asked')
end)

test(':checkhealth reactorls', function()
  vim.cmd('checkhealth reactorls')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  contains(text, 'reactorls ')
  contains(text, 'runs for ' .. dir)
  assert(not text:find('ERROR'), text)
  vim.cmd('bwipeout!')
end)

test('says so when the server is missing', function()
  local said
  vim.lsp.config('reactorls', { cmd = { '/nowhere/reactorls' } })
  vim.cmd('checkhealth reactorls')
  said = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  vim.cmd('bwipeout!')
  contains(said, '/nowhere/reactorls is not found')
  vim.lsp.config('reactorls', { cmd = { binary } })
end)

test('stops', function()
  local c = client()
  c:stop()
  wait('the end', function()
    return c:is_stopped()
  end)
end)

io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
io.stdout:flush()
os.exit(failed == 0 and 0 or 1)
