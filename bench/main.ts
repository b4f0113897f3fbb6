import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { startControlPlane } from '../tools/control-plane/start.ts'
import { startLatencyProxy } from '../tools/latency-proxy/latency-proxy.ts'
import { measureAll } from './measure-all.ts'
import { renderTable } from './render-table.ts'

/**
 * `make bench`: obol against kubectl on one real API server, in one run, on loopback and through a proxy that adds 20 ms
 * per round trip. Prints a table and, as the last thing, JSON with medians and ratios (also in out/bench.json).
 */
const ROUND_TRIP_MS = 20

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'obol-bench-'))
  const plane = await startControlPlane({ progress: say })
  const proxy = await startLatencyProxy({ target: plane.url, delayMs: ROUND_TRIP_MS / 2 })
  try {
    const figures = await measureAll({
      folder,
      send: (method, path, body, contentType) => plane.request('admin', method, path, body, contentType),
      kubeconfigs: {
        loopback: plane.kubeconfig('admin'),
        slow: plane.kubeconfig('admin', { server: `https://127.0.0.1:${proxy.port}` }),
      },
      say,
    })
    const json = `${JSON.stringify({ server: plane.version, node: process.version, ...figures }, undefined, 2)}\n`
    const out = join(import.meta.dirname, '..', 'out')
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'bench.json'), json)
    process.stdout.write(`\n${renderTable(figures)}\n${json}`)
    if (figures.targets.some((target) => !target.isMet)) process.exitCode = 1
  } finally {
    await proxy.stop()
    await plane.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

await main()
