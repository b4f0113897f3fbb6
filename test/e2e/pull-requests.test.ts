import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VERDICTS } from '../../tools/demo-pr/cases.ts'
import { runCases } from '../../tools/demo-pr/run-cases.ts'
import { assertGolden } from '../support/golden.ts'
import { steady } from '../support/steady.ts'
import { tempFolder } from '../support/temp-folder.ts'

const MOST = 60_000

test('default: ten pull requests are told by the action as it is written', async (t) => {
  const results = await runCases(tempFolder(t))
  assert.equal(results.length, 10)
  for (const { name, comment = '', annotations, sarif, verdict, exitCode, complaints, artifact, log } of results) {
    await t.test(name, () => {
      assert.equal(`${verdict}, exit code ${exitCode}`, VERDICTS[name], log)
      assert.deepEqual(complaints, [])
      assert.equal(artifact.length, 5)
      assert.ok(comment.length <= MOST)
      assertGolden(`e2e/golden/pull-requests/${name}.md`, steady(comment))
      assertGolden(`e2e/golden/pull-requests/${name}.annotations.txt`, steady(annotations.join('\n')))
      assertGolden(`e2e/golden/pull-requests/${name}.sarif`, steady(sarif))
      // What is to be typed must mean something on the reader's machine.
      assert.doesNotMatch(comment + annotations.join('\n'), /--kubeconfig|\/tmp\/|--workspace/)
    })
  }
})
