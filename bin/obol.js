#!/usr/bin/env node
// Old syntax on purpose: an old Node must get as far as the sentence that says what to do.
/* global process */
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 22)) {
  process.stderr.write(
    'obol needs Node.js 22.22 or newer; this is v' + process.versions.node + '. Next: npm install -g node@24\n'
  )
  process.exit(1)
}

// A checkout has sources and no dist; a package has dist and no sources.
void import('node:module')
  .then(function (module) {
    module.enableCompileCache()
    return import('node:fs')
  })
  .then(function (fs) {
    var dist = new URL('../dist/main.js', import.meta.url)
    return import(fs.existsSync(dist) ? dist.href : '../src/cli/main.ts')
  })
