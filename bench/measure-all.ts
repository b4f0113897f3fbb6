import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { parse } from 'yaml'
import { isJsonObject, type JsonValue } from '../src/util/json.ts'
import type { ApiResponse } from '../tools/control-plane/api-request.ts'
import { makeOffers } from './make-offers.ts'
import { type Command, median, type Timing, timeProcess } from './time-process.ts'

const BIN = join(import.meta.dirname, '..', 'bin', 'obol.js')
const CRDS = join(import.meta.dirname, '..', 'schemas', 'crds')
const COUNT = 1_000
const MANY = 10_000
/** Server answers that depend on the number of kinds and namespaces: 1,000 http offers are one kind in one namespace. */
const LISTS = 1

export type Bench = {
  readonly folder: string
  readonly send: (method: string, path: string, body?: JsonValue, contentType?: string) => Promise<ApiResponse>
  readonly kubeconfigs: { readonly loopback: string; readonly slow: string }
  readonly say: (text: string) => void
}

export type Figures = {
  readonly timings: readonly { readonly name: string; readonly median: number; readonly runs: number }[]
  readonly targets: readonly {
    readonly name: string
    readonly value: number
    readonly bound: string
    readonly isMet: boolean
  }[]
}

type Place = keyof Bench['kubeconfigs']

/** All measurements of the benchmark, one after the other. SIDE EFFECTS: fills the server with offers. */
export async function measureAll(bench: Bench): Promise<Figures> {
  const timings: { name: string; median: number; runs: number }[] = []
  const measure = async (
    name: string,
    runs: number,
    run: () => Promise<Timing>,
  ): Promise<Timing & { median: number }> => {
    const results: Timing[] = []
    for (let i = 0; i < runs; i += 1) results.push(await run())
    const value = median(results.map(({ seconds }) => seconds))
    const last = results.at(-1)
    if (last === undefined) throw new Error('at least one run')
    timings.push({ name, median: value, runs })
    bench.say(`${name}: ${value.toFixed(3)} s`)
    const residentMb = Math.max(...results.map((result) => result.residentMb))
    return { ...last, residentMb, median: value }
  }
  await installCrds(bench)
  const help = await startUp(measure)
  const apply = await applies(bench, measure)
  const plan = await plans(bench, measure)
  const many = await tenThousand(bench, measure)
  const atLeast = (name: string, value: number, bound: number) => ({
    name,
    value,
    bound: `≥ ${bound}`,
    isMet: value >= bound,
  })
  const atMost = (name: string, value: number, bound: number) => ({
    name,
    value,
    bound: `≤ ${bound}`,
    isMet: value <= bound,
  })
  return {
    timings,
    targets: [
      atLeast('plan vs kubectl diff, 20 ms', plan.slow.diff / plan.slow.obol, 40),
      atLeast('plan vs kubectl diff --concurrency=16, 20 ms', plan.slow.diff16 / plan.slow.obol, 4),
      atLeast('plan vs kubectl diff, loopback (for information)', plan.loopback.diff / plan.loopback.obol, 1),
      atMost('requests of a plan of one kind in one namespace', plan.requests, 3 + LISTS),
      atMost('resident memory of a plan of 1,000, MB', plan.residentMb, 250),
      atMost('plan of 10,000 vs 1,000, loopback', many.loopback / plan.loopback.obol, 8),
      atMost('plan of 10,000 vs 1,000, 20 ms', many.slow / plan.slow.obol, 8),
      atLeast('apply vs kubectl apply, 20 ms', apply.slow.kubectl / apply.slow.obol, 5),
      atLeast('apply vs kubectl apply, loopback', apply.loopback.kubectl / apply.loopback.obol, 1.5),
      atMost('obol --help vs node -e 0', help.obol / help.node, 4),
    ],
  }
}

type Measure = (name: string, runs: number, run: () => Promise<Timing>) => Promise<Timing & { readonly median: number }>

async function startUp(measure: Measure): Promise<{ readonly obol: number; readonly node: number }> {
  const run = (args: readonly string[]) => () => timeProcess({ file: process.execPath, args, env: {} })
  await run([BIN, '--help'])()
  const node = await measure('node -e 0', 15, run(['-e', '0']))
  const obol = await measure('obol --help', 15, run([BIN, '--help']))
  return { obol: obol.median, node: node.median }
}

type Pair = { readonly obol: number; readonly kubectl: number }

/** Each run applies to a namespace of its own, so that all 1,000 offers are new; the two take turns. */
async function applies(bench: Bench, measure: Measure): Promise<Record<Place, Pair>> {
  const at = async (place: Place, runs: number): Promise<Pair> => {
    let round = 0
    const fresh = async (who: string): Promise<string> => {
      round += 1
      const namespace = `apply-${who}-${place}-${round}`
      await makeNamespace(bench, namespace)
      return namespace
    }
    const obol = await measure(`obol apply, 1,000 new offers, ${place}`, runs, async () => {
      const namespace = await fresh('obol')
      await makeOffers(join(bench.folder, namespace), namespace, COUNT)
      return timeProcess(obolCommand(bench, place, namespace, ['apply', '--yes', '--json']))
    })
    const kubectl = await measure(`kubectl apply --server-side, the same, ${place}`, runs, async () => {
      const namespace = await fresh('kubectl')
      const { manifests } = await makeOffers(join(bench.folder, namespace), namespace, COUNT)
      return timeProcess(kubectlCommand(bench, place, ['apply', '--server-side', '-f', manifests]))
    })
    return { obol: obol.median, kubectl: kubectl.median }
  }
  return { loopback: await at('loopback', 3), slow: await at('slow', 1) }
}

type PlanFigures = { readonly obol: number; readonly diff: number; readonly diff16: number }

async function plans(
  bench: Bench,
  measure: Measure,
): Promise<Record<Place, PlanFigures> & { readonly requests: number; readonly residentMb: number }> {
  const namespace = 'plan-1000'
  await makeNamespace(bench, namespace)
  const { manifests } = await makeOffers(join(bench.folder, namespace), namespace, COUNT)
  await timeProcess(obolCommand(bench, 'loopback', namespace, ['apply', '--yes', '--json']))
  const diff = ['diff', '--server-side', '--force-conflicts', '-f', manifests]
  let requests = 0
  let residentMb = 0
  const at = async (place: Place, runs: { readonly diff: number }): Promise<PlanFigures> => {
    const rssFile = join(bench.folder, 'rss')
    const plan = obolCommand(bench, place, namespace, ['plan', '--json'])
    await timeProcess(plan)
    const obol = await measure(`obol plan, 1,000 unchanged offers, ${place}`, 7, () =>
      timeProcess({ ...plan, rssFile }),
    )
    requests = Math.max(requests, unchangedRequests(obol.stdout))
    residentMb = Math.max(residentMb, obol.residentMb)
    const one = await measure(`kubectl diff --server-side, the same, ${place}`, runs.diff, () =>
      timeProcess(kubectlCommand(bench, place, diff)),
    )
    const many = await measure(`kubectl diff --concurrency=16, the same, ${place}`, 3, () =>
      timeProcess(kubectlCommand(bench, place, [...diff, '--concurrency=16'])),
    )
    return { obol: obol.median, diff: one.median, diff16: many.median }
  }
  const loopback = await at('loopback', { diff: 3 })
  const slow = await at('slow', { diff: 1 })
  return { loopback, slow, requests, residentMb }
}

/** The number of requests that a plan says it took; an error when the plan was not one of unchanged offers alone. */
function unchangedRequests(stdout: string): number {
  const plan: JsonValue = JSON.parse(stdout)
  const header = isJsonObject(plan) ? plan['header'] : undefined
  const summary = isJsonObject(plan) ? plan['summary'] : undefined
  const unchanged = isJsonObject(summary) ? summary['unchanged'] : undefined
  const requests = isJsonObject(header) ? header['requests'] : undefined
  if (unchanged !== COUNT || typeof requests !== 'number') throw new Error(`not a plan of ${COUNT} unchanged offers`)
  return requests
}

async function tenThousand(bench: Bench, measure: Measure): Promise<Record<Place, number>> {
  const namespace = 'plan-10000'
  await makeNamespace(bench, namespace)
  await makeOffers(join(bench.folder, namespace), namespace, MANY)
  bench.say(`applying ${MANY} offers`)
  await timeProcess(obolCommand(bench, 'loopback', namespace, ['apply', '--yes', '--json']))
  const at = async (place: Place): Promise<number> => {
    const run = () => timeProcess(obolCommand(bench, place, namespace, ['plan', '--json']))
    return (await measure(`obol plan, 10,000 unchanged offers, ${place}`, 3, run)).median
  }
  return { loopback: await at('loopback'), slow: await at('slow') }
}

function obolCommand(bench: Bench, place: Place, namespace: string, args: readonly string[]): Command {
  const workspace = join(bench.folder, namespace)
  const env = { KUBECONFIG: bench.kubeconfigs[place], XDG_CACHE_HOME: join(bench.folder, 'cache') }
  return { file: process.execPath, args: [BIN, ...args, '--workspace', workspace], env }
}

function kubectlCommand(bench: Bench, place: Place, args: readonly string[]): Command {
  const cache = join(bench.folder, 'kubectl-cache')
  return { file: 'kubectl', args: ['--cache-dir', cache, ...args], env: { KUBECONFIG: bench.kubeconfigs[place] } }
}

async function installCrds(bench: Bench): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const crd: JsonValue = parse(await readFile(join(CRDS, 'serviceoffers.obol.org.yaml'), 'utf8'))
  await expectOk(bench.send('POST', path, crd))
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await bench.send('GET', '/apis/obol.org/v1alpha1/serviceoffers')
    if (answer.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the CRD is not served')
}

async function makeNamespace(bench: Bench, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await expectOk(bench.send('POST', '/api/v1/namespaces', namespace))
}

async function expectOk(answer: Promise<ApiResponse>): Promise<void> {
  const { status, text } = await answer
  if (status >= 300) throw new Error(`the server answered ${status}: ${text.slice(0, 300)}`)
}
