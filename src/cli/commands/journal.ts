import { join } from 'node:path'
import { txLink } from '../../chain/tx-link.ts'
import { ObolError } from '../../errors/obol-error.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { describeJournal, eventsOf } from '../../journal/describe-journal.ts'
import { JOURNAL_FILE } from '../../journal/file-journal.ts'
import type { ChainName, ChainWords } from '../../journal/journal-view.ts'
import { type RecordedEvent, readRecords, stateFolder } from '../../journal/read-state.ts'
import { resolveNetwork } from '../../networks/resolve-network.ts'
import type { Network } from '../../networks/table.ts'
import { showCoin } from '../../plan/show-coin.ts'
import { hintCompleter } from '../complete-hint.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import type { JournalFlags } from './journal-command.ts'
import { journalJson } from './journal-json.ts'
import { eventLines, journalText, passedOver, type ShownJournal } from './journal-text.ts'

/**
 * `obol journal`: what the workspace's journal says, on stdout. Exit code 0 whatever it is, and without a journal as well.
 * SIDE EFFECTS: reads the journal; neither cluster nor chain is asked.
 */
export async function journal(this: Context, flags: JournalFlags): Promise<void> {
  const folder = stateFolder(workspaceFolder(flags.workspace, this))
  const records = await readRecords(folder)
  const file = displayPath(join(folder, JOURNAL_FILE), this)
  const all = eventsOf(records)
  const isLog = flags.events === true || flags.run !== undefined || flags.tail !== undefined
  const shown: ShownJournal = {
    file,
    view: describeJournal(records, WORDS),
    ...(isLog ? { events: selected(all, flags) } : {}),
    words: WORDS,
  }
  if (flags.json === true) this.stdout.write(`${JSON.stringify(journalJson(shown), undefined, 2)}\n`)
  else if (records.length === 0) this.stderr.write(`The journal is empty: ${file}\n`)
  else if (isLog) {
    this.stdout.write(eventLines(shown, this.stdout))
    for (const line of passedOver(shown.view)) this.stderr.write(`${line}\n`)
  } else {
    const { columns, style } = this.stdout
    const next = hintCompleter(flags, this)('obol apply')
    this.stdout.write(journalText(shown, { columns, style, now: this.now().toISOString(), next }))
  }
}

function selected(events: readonly RecordedEvent[], { run, tail }: JournalFlags): readonly RecordedEvent[] {
  const own = run === undefined ? events : events.filter((event) => 'run' in event && event.run.startsWith(run))
  if (run !== undefined && own.length === 0 && events.length > 0) {
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
      message: `the journal has no run whose id begins with ${run}`,
      hint: 'obol journal --events',
    })
  }
  return tail === undefined ? own : own.slice(-tail)
}

const WORDS: ChainWords = {
  link: (target, hash) => txLink(networkOf(target)?.explorer, hash),
  amount: (target, wei) => `${showCoin(wei, 3)} ${networkOf(target)?.coin ?? 'coins'}`,
}

/** A chain of another table, or of a table that changed, is not linked to. */
function networkOf({ network, chainId }: ChainName): Network | undefined {
  const found = resolveNetwork(network)
  return found?.chainId === chainId ? found : undefined
}
