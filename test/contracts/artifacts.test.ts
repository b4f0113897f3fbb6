import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { artifactText, compileContracts } from '../../tools/compile-contracts.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'contracts')

test('default: each artifact is what its source compiles to; otherwise: make contracts', { timeout: 120_000 }, () => {
  const artifacts = compileContracts()
  assert.deepEqual(
    readdirSync(FOLDER).filter((name) => name.endsWith('.json')),
    artifacts.map(({ contractName }) => `${contractName}.json`),
  )
  for (const artifact of artifacts) {
    const { contractName, sourceHash, compiler } = artifact
    assert.match(sourceHash, /^[0-9a-f]{64}$/)
    assert.match(compiler, /^0\.8\.24\+/)
    assert.ok(readFileSync(join(FOLDER, `${contractName}.json`), 'utf8') === artifactText(artifact), contractName)
  }
})
