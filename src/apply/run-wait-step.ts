import { setTimeout as delay } from 'node:timers/promises'
import { APPLY_ERRORS } from '../errors/apply.ts'
import type { WaitStep } from '../plan/types.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../util/json.ts'
import type { ApplyPorts } from './ports.ts'
import type { StepResult } from './results.ts'
import { failed } from './run-object-step.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

/**
 * Waits until a new CRD is established and its resource can be listed. SIDE EFFECTS: none, it only reads.
 * @param timeoutMs gives up after that many milliseconds, with OBOL-A008.
 */
export async function runWaitStep(step: WaitStep, ports: ApplyPorts, timeoutMs: number): Promise<StepResult> {
  const limit = AbortSignal.any([ports.signal, AbortSignal.timeout(timeoutMs)])
  let pause = FIRST_PAUSE_MS
  while (!limit.aborted) {
    if (await isServed(step, ports)) return { id: step.id, op: 'wait', result: 'waited', diagnostics: [] }
    await delay(pause, undefined, { signal: limit }).catch(() => undefined)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
  return failed({ id: step.id, op: 'wait' }, APPLY_ERRORS.waitTimedOut, {
    message: `${step.until}: not after ${timeoutMs / 1000} s`,
  })
}

async function isServed(step: WaitStep, ports: ApplyPorts): Promise<boolean> {
  const { apiVersion, name } = step.ref
  const crd = await ports.cluster.get({ apiVersion, plural: 'customresourcedefinitions' }, name)
  if (crd === undefined || !isEstablished(crd)) return false
  const index = await ports.cluster.openApiIndex()
  return versionsOf(crd).every((groupVersion) => index.has(`apis/${groupVersion}`))
}

function isEstablished(crd: JsonObject): boolean {
  const conditions = isJsonObject(crd['status']) ? crd['status']['conditions'] : undefined
  if (!isJsonArray(conditions)) return false
  return conditions.some((item) => isJsonObject(item) && item['type'] === 'Established' && item['status'] === 'True')
}

function versionsOf(crd: JsonObject): readonly string[] {
  const spec = isJsonObject(crd['spec']) ? crd['spec'] : {}
  const versions = isJsonArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : []
  return versions.filter(({ served }) => served === true).map(({ name }) => `${String(spec['group'])}/${String(name)}`)
}
