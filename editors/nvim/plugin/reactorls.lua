if vim.g.loaded_reactorls then
  return
end
vim.g.loaded_reactorls = true

local actions = { 'recommend', 'report', 'explain' }

vim.api.nvim_create_user_command('Reactorls', function(opts)
  local name = opts.fargs[1]
  if not vim.list_contains(actions, name) then
    vim.notify('Reactorls: one of ' .. table.concat(actions, ', ') .. ' is wanted', vim.log.levels.ERROR)
    return
  end
  require('reactorls')[name](opts.fargs[2])
end, {
  nargs = '+',
  desc = 'Recommend a runtime, report on the runtimes of this workspace, explain a rule',
  complete = function(lead, line)
    if #vim.split(line, '%s+') > 2 then
      return {}
    end
    return vim.tbl_filter(function(a)
      return vim.startswith(a, lead)
    end, actions)
  end,
})
