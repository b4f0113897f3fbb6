import { setTimeout as delay } from 'node:timers/promises'
import type { ResourcePath } from '../cluster/types.ts'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { WaitStep } from '../plan/types.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../util/json.ts'
import type { ApplyPorts } from './ports.ts'
import { done, failed, type StepResult } from './results.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000

/**
 * Waits until a new CRD is established and its resource can be listed, which kube-apiserver allows about a second later.
 * Skipped when the run is interrupted. SIDE EFFECTS: none, it only reads.
 * @param timeoutMs gives up after that many milliseconds, with OBOL-A008.
 */
export async function runWaitStep(step: WaitStep, ports: ApplyPorts, timeoutMs: number): Promise<StepResult> {
  const limit = AbortSignal.any([ports.signal, AbortSignal.timeout(timeoutMs)])
  let pause = FIRST_PAUSE_MS
  while (!limit.aborted) {
    if (await isServed(step, ports)) return done(step, 'waited')
    await delay(pause, undefined, { signal: limit }).catch(() => undefined)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
  if (ports.signal.aborted) return done(step, 'skipped')
  return failed(step, APPLY_ERRORS.WAIT_TIMED_OUT, { message: `${step.until}: not after ${timeoutMs / 1000} s` })
}

async function isServed(step: WaitStep, ports: ApplyPorts): Promise<boolean> {
  const { apiVersion, name } = step.ref
  const crd = await ports.cluster.get({ apiVersion, plural: 'customresourcedefinitions' }, name)
  if (crd === undefined || !isEstablished(crd)) return false
  const answers = await Promise.all(resourcesOf(crd).map((resource) => isListable(resource, ports)))
  return answers.every((answer) => answer)
}

async function isListable(resource: ResourcePath, { cluster }: ApplyPorts): Promise<boolean> {
  try {
    await cluster.list(resource)
    return true
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    if (error.code === CLUSTER_ERRORS.NOT_SERVED.code) return false
    if (error.code !== CLUSTER_ERRORS.FORBIDDEN.code) throw error
    // Whoever may not list in all namespaces is told nothing here; the index of the schemas is the next best.
    return (await cluster.openApiIndex()).has(`apis/${resource.apiVersion}`)
  }
}

function isEstablished(crd: JsonObject): boolean {
  const conditions = isJsonObject(crd['status']) ? crd['status']['conditions'] : undefined
  if (!isJsonArray(conditions)) return false
  return conditions.some((item) => isJsonObject(item) && item['type'] === 'Established' && item['status'] === 'True')
}

function resourcesOf(crd: JsonObject): readonly ResourcePath[] {
  const spec = isJsonObject(crd['spec']) ? crd['spec'] : {}
  const names = isJsonObject(spec['names']) ? spec['names'] : {}
  const versions = isJsonArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : []
  return versions
    .filter(({ served }) => served === true)
    .map(({ name }) => ({ apiVersion: `${String(spec['group'])}/${String(name)}`, plural: String(names['plural']) }))
}
