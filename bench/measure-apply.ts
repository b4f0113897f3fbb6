import { join } from 'node:path'
import { isJsonObject, type JsonValue } from '../src/util/json.ts'
import { makeOffers } from './make-offers.ts'
import { kubectlCommand, makeNamespace, obolCommand, type Place, type Setting } from './setting.ts'
import { type Contender, type Measured, takeTurns } from './take-turns.ts'
import { type Timing, timeProcess } from './time-process.ts'

const COUNT = 1_000

/**
 * `obol apply` and `kubectl apply --server-side` of 1,000 offers that are not there yet: each run has a namespace of its
 * own. SIDE EFFECTS: fills the server with offers.
 */
export async function measureApply(
  setting: Setting,
  place: Place,
  runs: { readonly obol: number; readonly kubectl: number },
): Promise<readonly [obol: Measured, kubectl: Measured]> {
  let round = 0
  const fresh = async (count: number): Promise<{ readonly folder: string; readonly manifests: string }> => {
    round += 1
    const namespace = `apply-${place.replace(' ', '')}-${round}`
    await makeNamespace(setting, namespace)
    const folder = join(setting.folder, namespace)
    return { folder, ...(await makeOffers(folder, namespace, count)) }
  }
  const obol = async (count = COUNT) => {
    const { folder } = await fresh(count)
    return obolCommand(setting, place, ['apply', '--yes', '--json', '--workspace', folder])
  }
  const kubectl = async (count = COUNT) => {
    const { manifests } = await fresh(count)
    return kubectlCommand(setting, place, ['apply', '--server-side', '-f', manifests])
  }
  const contenders: readonly Contender[] = [
    { name: `obol apply, 1,000 new offers, ${place}`, runs: runs.obol, prepare: obol, check: checkCreated },
    { name: `kubectl apply --server-side, ${place}`, runs: runs.kubectl, prepare: kubectl, check: checkApplied },
  ]
  // Discovery, schemas and compiled code are cached from here on.
  await timeProcess(await obol(1))
  await timeProcess(await kubectl(1))
  const [obolTime, kubectlTime] = await takeTurns(contenders, setting.say)
  if (obolTime === undefined || kubectlTime === undefined) throw new Error('two contenders, two results')
  return [obolTime, kubectlTime]
}

/** A workspace that holds the given number of offers and has applied them. SIDE EFFECTS: as the name says. */
export async function applyWorkspace(
  setting: Setting,
  namespace: string,
  count: number,
): Promise<{ readonly folder: string; readonly manifests: string; readonly first: string }> {
  const folder = join(setting.folder, namespace)
  await makeNamespace(setting, namespace)
  const files = await makeOffers(folder, namespace, count)
  await timeProcess(obolCommand(setting, 'loopback', ['apply', '--yes', '--json', '--workspace', folder]))
  return { folder, ...files }
}

function checkCreated({ stdout }: Timing): void {
  const result: JsonValue = JSON.parse(stdout)
  const summary = isJsonObject(result) ? result['summary'] : undefined
  if (!isJsonObject(summary) || summary['created'] !== COUNT) throw new Error(`obol did not create ${COUNT} offers`)
}

function checkApplied({ stdout }: Timing): void {
  const applied = stdout.match(/ serverside-applied$/gm)?.length
  if (applied !== COUNT) throw new Error(`kubectl applied ${applied ?? 0} offers, not ${COUNT}`)
}
