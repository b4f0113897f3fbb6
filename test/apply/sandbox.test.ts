import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { applyContract } from './contract.ts'

applyContract('the sandbox', async () => {
  const sandbox = await startSandbox()
  const folder = mkdtempSync(join(tmpdir(), 'obol-test-'))
  const kubeconfig = join(folder, 'kubeconfig.yaml')
  writeFileSync(kubeconfig, sandbox.kubeconfigYaml)
  return {
    kubeconfig,
    stop: async () => {
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
