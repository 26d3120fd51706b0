local M = {}

--- What `:checkhealth reactorls` says.
function M.check()
  local health = vim.health
  health.start('reactorls')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or newer is wanted')
    return
  end
  local config = vim.lsp.config.reactorls
  local cmd = config and config.cmd
  local binary = type(cmd) == 'table' and cmd[1] or 'reactorls'
  if vim.fn.executable(binary) == 0 then
    health.error(binary .. ' is not found', {
      'Install it: `go install` in its source, or unpack a release into a directory of $PATH',
      "or name it: `vim.lsp.config('reactorls', { cmd = { '/where/it/is/reactorls' } })`",
    })
  else
    local out = vim.system({ binary, '--version' }, { text = true, timeout = 5000 }):wait()
    if out.code == 0 then
      health.ok(vim.trim(out.stdout) .. ' at ' .. vim.fn.exepath(binary))
    else
      health.error(binary .. ' does not start', { vim.trim(out.stderr or '') })
    end
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('reactorls') then
    health.warn('it is not enabled', { "`vim.lsp.enable('reactorls')` in your init.lua" })
  end
  local running = vim.lsp.get_clients({ name = 'reactorls' })
  for _, client in ipairs(running) do
    health.ok(('runs for %s, %d buffers'):format(client.root_dir or 'single files', vim.tbl_count(client.attached_buffers)))
  end
  if #running == 0 then
    health.info('no server runs; one is started with the first Cargo.toml or Rust file')
  end
  if vim.uv.os_uname().sysname == 'Linux' and vim.fn.executable('inotifywait') == 0 then
    health.warn('inotifywait is not found: changes outside Neovim are seen late', { 'Install inotify-tools' })
  end
end

return M
