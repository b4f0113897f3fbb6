import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import type { JsonValue } from '../src/util/json.ts'
import { type ControlPlane, startControlPlane } from '../tools/control-plane/start.ts'
import { startLatencyProxy } from '../tools/latency-proxy/latency-proxy.ts'
import { measureAll } from './measure-all.ts'
import { packObol } from './pack-obol.ts'
import { renderTable } from './render-table.ts'
import { mustSend, type Setting } from './setting.ts'

/**
 * `make bench`: obol, packed as it would be published, against kubectl on one real API server, in one run, on loopback
 * and through a proxy that adds 20 ms per round trip. Prints tables and, as the last thing, JSON with medians and ratios
 * (also in out/bench.json). Exits 1 when a target is missed.
 */
const ROUND_TRIP_MS = 20
const ROOT = join(import.meta.dirname, '..')

async function main(): Promise<void> {
  const kubectl = await kubectlVersion()
  const folder = await mkdtemp(join(tmpdir(), 'obol-bench-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const obol = await packObol(join(folder, 'package'))
    const plane = await startControlPlane({ progress: say })
    stops.unshift(() => plane.stop())
    const proxy = await startLatencyProxy({ target: plane.url, delayMs: ROUND_TRIP_MS / 2 })
    stops.unshift(() => proxy.stop())
    await installCrd(plane)
    const setting: Setting = {
      ...{ folder, obol, say },
      send: (method, path, body) => plane.request('admin', method, path, body),
      kubeconfigs: {
        loopback: plane.kubeconfig('admin'),
        '20 ms': plane.kubeconfig('admin', { server: `https://127.0.0.1:${proxy.port}` }),
      },
    }
    const machine = { cores: cpus().length, loadBefore: loadavg() }
    const figures = await measureAll(setting)
    const versions = { node: process.version, kubectl, server: plane.version }
    const report = { versions, machine: { ...machine, loadAfter: loadavg() }, ...figures }
    const json = `${JSON.stringify(report, undefined, 2)}\n`
    await mkdir(join(ROOT, 'out'), { recursive: true })
    await writeFile(join(ROOT, 'out', 'bench.json'), json)
    process.stdout.write(`\n${renderTable(figures)}\n\n${json}`)
    if (figures.targets.some((target) => !target.isMet)) process.exitCode = 1
  } finally {
    for (const stop of stops) await stop()
  }
}

async function kubectlVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['version', '--client'])
    return stdout.split('\n')[0]?.replace('Client Version: ', '') ?? ''
  } catch (cause) {
    throw new Error('the benchmark needs kubectl on the PATH', { cause })
  }
}

async function installCrd(plane: ControlPlane): Promise<void> {
  const text = await readFile(join(ROOT, 'schemas', 'crds', 'serviceoffers.obol.org.yaml'), 'utf8')
  const crd: JsonValue = parse(text)
  await mustSend(plane.request('admin', 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd))
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const [list, index] = await Promise.all([
      plane.request('admin', 'GET', '/apis/obol.org/v1alpha1/serviceoffers'),
      plane.request('admin', 'GET', '/openapi/v3'),
    ])
    // The schema is published a moment after the kind is served, and changes until then.
    if (list.status === 200 && index.text.includes('apis/obol.org/v1alpha1')) return
    await delay(100)
  }
  throw new Error('the CRD is not served')
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

await main()
