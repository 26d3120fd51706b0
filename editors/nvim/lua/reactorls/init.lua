--- The commands of reactorls in Neovim. The server does the work; here it is asked
--- and its answers are shown.
local M = {}

local function complain(message)
  vim.notify('reactorls: ' .. message, vim.log.levels.ERROR)
end

--- The server of the current buffer, else any that runs.
local function server()
  return vim.lsp.get_clients({ bufnr = 0, name = 'reactorls' })[1] or vim.lsp.get_clients({ name = 'reactorls' })[1]
end

--- Asks the server for one of its commands and hands on what it answers.
local function ask(command, argument, done)
  local client = server()
  if not client then
    return complain('the server does not run here; open a Cargo.toml, or see :checkhealth reactorls')
  end
  argument.uri = vim.uri_from_bufnr(0)
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, function(err, result)
    if err then
      return complain(err.message)
    end
    if result and result ~= vim.NIL then
      done(result, client)
    end
  end)
end

--- Shows markdown in a scratch buffer of its own, the same one for the same name.
local function show(name, markdown)
  local title = 'reactorls://' .. name
  local buf = vim.fn.bufnr(title)
  if buf < 0 then
    buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buf, title)
    vim.bo[buf].filetype = 'markdown'
  end
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(markdown, '\n'))
  vim.bo[buf].modifiable = false
  local win = vim.fn.bufwinid(buf)
  if win >= 0 then
    vim.api.nvim_set_current_win(win)
  else
    vim.cmd.split()
    vim.api.nvim_win_set_buf(0, buf)
  end
end

--- The runtimes of the workspace at a glance.
function M.report()
  ask('reactorls.report', { format = 'human' }, function(text)
    show('report', '```\n' .. text .. '\n```')
  end)
end

--- Explains a rule, a runtime or a feature such as tokio/net; without a subject the
--- rule of the diagnostic under the cursor.
function M.explain(subject)
  if not subject then
    local line = vim.api.nvim_win_get_cursor(0)[1] - 1
    for _, d in ipairs(vim.diagnostic.get(0, { lnum = line })) do
      if d.source == 'reactorls' then
        subject = d.code
      end
    end
  end
  if not subject then
    return complain('nothing of reactorls is on this line; name a rule, a runtime or a feature such as tokio/net')
  end
  ask('reactorls.explain', { subject = subject }, function(markdown)
    show('explain', markdown)
  end)
end

--- Asks what cannot be read from the project, shows which runtime fits and, when
--- wanted, writes it.
function M.recommend()
  local answers = vim.empty_dict()
  local step
  local function finish(result)
    show('recommend', result.markdown)
    if not result.applicable then
      return
    end
    vim.ui.select({ 'Keep everything as it is', 'Write Cargo.toml and the entrypoint' }, { prompt = result.title }, function(_, i)
      if i == 2 then
        ask('reactorls.recommend', { answers = answers, apply = true }, function() end)
      end
    end)
  end
  local function question(q)
    vim.ui.select(q.choices, {
      prompt = q.title,
      format_item = function(c)
        return c.detail and c.detail ~= '' and (c.label .. ': ' .. c.detail) or c.label
      end,
    }, function(choice)
      if choice then
        answers[q.id] = choice.value
        step()
      end
    end)
  end
  local origin = vim.api.nvim_get_current_buf()
  function step()
    vim.api.nvim_buf_call(origin, function()
      ask('reactorls.recommend', { answers = answers }, function(result)
        if result.question then
          question(result.question)
        else
          finish(result)
        end
      end)
    end)
  end
  step()
end

return M
