import { defineConfig, globalIgnores } from 'eslint/config'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const given =
  'Take it as an argument (now, sleep, random); only main.ts, bin/, tests and clock adapters touch the real one.'

/** Where the real clock, dice and environment may be touched: the composition roots, and what adapts them. */
const compositionRoots = [
  'packages/*/src/main.ts',
  'packages/bridge/src/connect-bridge.ts',
  'packages/simulator/src/cli.ts',
  'packages/simulator/src/simulator.ts',
  'packages/simulator/src/clock/clock.ts',
  'packages/*/bin/**',
  'packages/*/{contract,testing}/**',
  '**/*.test.ts',
  '**/*-fixture.ts',
]

export default defineConfig(
  globalIgnores(['**/dist/', '**/node_modules/', '**/coverage/', '**/.drawbridge/', 'test/vectors/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Objects here close over their state: there is no `this` that a method could lose.
      '@typescript-eslint/unbound-method': 'off',
      // A type parameter used once still infers a tuple of literals for its caller.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Ports are implemented by adapters that need not wait, and Fastify takes async handlers that return at once.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/dist/', message: 'Import the source; dist is for those who installed the package.' }] },
      ],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: compositionRoots,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: given },
        { object: 'Math', property: 'random', message: given },
        {
          object: 'process',
          property: 'env',
          message: 'Only main.ts and bin/ read the environment; hand the value down.',
        },
        {
          object: 'process',
          property: 'argv',
          message: 'Only main.ts and bin/ read the arguments; hand the value down.',
        },
      ],
      'no-restricted-globals': ['error', ...['setTimeout', 'setInterval'].map((name) => ({ name, message: given }))],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: given },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: ['timers', 'node:timers', 'node:timers/promises'].map((name) => ({ name, message: given })) },
      ],
    },
  },
  {
    files: [
      '**/*.test.ts',
      '**/*-fixture.ts',
      'packages/*/{contract,testing}/**/*.ts',
      'test/**/*.ts',
      'tools/**/*.ts',
      'bench/**/*.ts',
    ],
    rules: {
      'no-console': 'off',
      // node:test runs what test() and describe() return; nobody has to wait for it.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: globals.node },
  },
)
