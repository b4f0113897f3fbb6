import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../src/util/json.ts'
import { kubectlCommand, obolCommand, type Place, type Setting } from './setting.ts'
import { type Contender, type Measured, takeTurns } from './take-turns.ts'
import { type Command, type Timing, timeProcess } from './time-process.ts'

/** A workspace whose offers are all applied, and the same ServiceOffers for kubectl. */
export type Applied = {
  readonly folder: string
  readonly count: number
  readonly manifests: string
  /** The first of the manifests alone. */
  readonly first: string
}

export type PlanRuns = { readonly obol: number; readonly diff: number; readonly diff16: number }

/** `obol plan`, `kubectl diff --server-side` and the same with `--concurrency=16`, of offers that are all unchanged. */
export async function measurePlan(
  setting: Setting,
  place: Place,
  applied: Applied,
  runs: PlanRuns,
): Promise<readonly [obol: Measured, diff: Measured, diff16: Measured]> {
  const diff = ['diff', '--server-side', '--force-conflicts']
  // Discovery and compiled code are cached from here on.
  checkSame(await timeProcess(kubectlCommand(setting, place, [...diff, '-f', applied.first])))
  const kubectl = (name: string, count: number, args: readonly string[]): Contender => ({
    name: `${name}, ${place}`,
    runs: count,
    prepare: async () => kubectlCommand(setting, place, [...diff, ...args, '-f', applied.manifests]),
    check: checkSame,
  })
  const contenders = [
    await planContender(setting, place, applied, runs.obol),
    kubectl('kubectl diff --server-side', runs.diff, []),
    kubectl('kubectl diff --server-side --concurrency=16', runs.diff16, ['--concurrency=16']),
  ]
  const [obolTime, diffTime, diff16Time] = await takeTurns(contenders, setting.say)
  if (obolTime === undefined || diffTime === undefined || diff16Time === undefined) throw new Error('three contenders')
  return [obolTime, diffTime, diff16Time]
}

/** `obol plan` by itself. */
export async function measurePlanAlone(
  setting: Setting,
  place: Place,
  applied: Applied,
  runs: number,
): Promise<Measured> {
  const [measured] = await takeTurns([await planContender(setting, place, applied, runs)], setting.say)
  if (measured === undefined) throw new Error('one contender, one result')
  return measured
}

/** `obol plan` of what is applied already. SIDE EFFECTS: one plan, which fills the caches. */
export async function planContender(
  setting: Setting,
  place: Place,
  applied: Applied,
  runs: number,
): Promise<Contender> {
  const command = planCommand(setting, place, applied)
  const check = (timing: Timing): void => {
    unchangedPlan(timing, applied)
  }
  check(await timeProcess(command))
  const name = `obol plan, ${applied.count.toLocaleString('en-US')} unchanged offers, ${place}`
  return { name, runs, prepare: async () => command, check }
}

/** What a plan costs besides time: the requests it says it sent, and the largest resident set in MB. */
export async function planCosts(
  setting: Setting,
  place: Place,
  applied: Applied,
): Promise<{ readonly requests: number; readonly residentMb: number }> {
  const command = planCommand(setting, place, applied)
  const timing = await timeProcess({ ...command, env: { ...command.env, NODE_OPTIONS: `--import=${REPORT_RESIDENT}` } })
  const kib = /^resident (\d+)$/m.exec(timing.stderr)?.[1]
  const { requests } = unchangedPlan(timing, applied)
  if (typeof requests !== 'number' || kib === undefined) throw new Error('the plan does not say what it took')
  return { requests, residentMb: Number(kib) / 1024 }
}

/** A module that makes its process say its largest resident set, in KiB, when it ends. */
const REPORT_RESIDENT = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('resident ' + process.resourceUsage().maxRSS + '\\n'))",
)}`

function planCommand(setting: Setting, place: Place, { folder }: Applied): Command {
  return obolCommand(setting, place, ['plan', '--json', '--workspace', folder])
}

/** The plan in an output; throws unless it is one of nothing to do. */
export function unchangedPlan({ stdout }: Timing, { count }: Applied): JsonObject {
  const plan: JsonValue = JSON.parse(stdout)
  const summary = isJsonObject(plan) ? plan['summary'] : undefined
  const isUnchanged = isJsonObject(summary) && summary['unchanged'] === count && summary['orphans'] === 0
  const diagnostics = isJsonObject(plan) ? plan['diagnostics'] : undefined
  const isQuiet = isJsonArray(diagnostics) && diagnostics.length === 0
  if (isJsonObject(plan) && isUnchanged && isQuiet) return plan
  throw new Error(`not a plan of ${count} unchanged offers: ${JSON.stringify(summary)}`)
}

/** kubectl exits with 1 when something differs, so this is the second of two checks. */
function checkSame({ stdout }: Timing): void {
  if (stdout !== '') throw new Error(`kubectl finds differences: ${stdout.slice(0, 500)}`)
}
