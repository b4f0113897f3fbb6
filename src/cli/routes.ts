import { buildRouteMap } from '@stricli/core'
import { applyCommand } from './commands/apply-command.ts'
import { completionCommand } from './commands/completion-command.ts'
import { initCommand } from './commands/init-command.ts'
import { journalCommand } from './commands/journal-command.ts'
import { planCommand } from './commands/plan-command.ts'
import { reviewCommand } from './commands/review-command.ts'
import { sandboxCommand } from './commands/sandbox-command.ts'
import { sellRoutes } from './commands/sell/sell-commands.ts'
import { showCommand } from './commands/show-command.ts'
import { snapshotCommand } from './commands/snapshot-command.ts'
import { statusCommand } from './commands/status-command.ts'
import { validateCommand } from './commands/validate-command.ts'
import { watchCommand } from './commands/watch-command.ts'
import { whyCommand } from './commands/why-command.ts'
import type { Context } from './context.ts'

type Name =
  | 'init'
  | 'validate'
  | 'plan'
  | 'apply'
  | 'show'
  | 'snapshot'
  | 'review'
  | 'status'
  | 'why'
  | 'watch'
  | 'journal'
  | 'sandbox'
  | 'sell'
  | 'completion'

/** Every command by name. A command's own code is loaded only when it runs. */
export const ROUTES = buildRouteMap<Name, Context>({
  routes: {
    init: initCommand,
    validate: validateCommand,
    plan: planCommand,
    apply: applyCommand,
    show: showCommand,
    snapshot: snapshotCommand,
    review: reviewCommand,
    status: statusCommand,
    why: whyCommand,
    watch: watchCommand,
    journal: journalCommand,
    sandbox: sandboxCommand,
    sell: sellRoutes,
    completion: completionCommand,
  },
  docs: {
    brief: 'Sell services from a cluster: offers as files, exact plans, exact applies',
  },
})
