namespace CodexSidecar.Engine.Tests.Testing;

/// <summary>What test runners really print, taken from real runs; the workspace was in different folders on purpose.</summary>
internal static class RunnerOutput
{
    public const string NodeTap = """""
        TAP version 13
        # Subtest: adds
        not ok 1 - adds
          ---
          duration_ms: 1.832628
          location: '/tmp/bwt/js/sum.test.js:2:1'
          failureType: 'testCodeFailure'
          error: |-
            Expected values to be strictly equal:
            
            -1 !== 3
            
          code: 'ERR_ASSERTION'
          name: 'AssertionError'
          expected: 3
          actual: -1
          operator: 'strictEqual'
          stack: |-
            TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:2:25)
            Test.runInAsyncScope (node:async_hooks:206:9)
            Test.run (node:internal/test_runner/test:796:25)
            Test.processPendingSubtests (node:internal/test_runner/test:526:18)
            node:internal/test_runner/harness:255:12
            node:internal/process/task_queues:140:7
            AsyncResource.runInAsyncScope (node:async_hooks:206:9)
            AsyncResource.runMicrotask (node:internal/process/task_queues:137:8)
          ...
        # Subtest: group
            # Subtest: throws
            not ok 1 - throws
              ---
              duration_ms: 0.148351
              location: '/tmp/bwt/js/sum.test.js:3:23'
              failureType: 'testCodeFailure'
              error: 'boom'
              code: 'ERR_TEST_FAILURE'
              name: 'TypeError'
              stack: |-
                exports.bad (/tmp/bwt/js/sum.js:1:48)
                TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:3:42)
                Test.runInAsyncScope (node:async_hooks:206:9)
                Test.run (node:internal/test_runner/test:796:25)
                Test.start (node:internal/test_runner/test:702:17)
                node:internal/test_runner/test:1133:71
                node:internal/per_context/primordials:482:82
                new Promise (<anonymous>)
                new SafePromise (node:internal/per_context/primordials:450:29)
                node:internal/per_context/primordials:482:9
              ...
            # Subtest: ok
            ok 2 - ok
              ---
              duration_ms: 0.11392
              ...
            1..2
        not ok 2 - group
          ---
          duration_ms: 0.615637
          type: 'suite'
          location: '/tmp/bwt/js/sum.test.js:3:1'
          failureType: 'subtestsFailed'
          error: '1 subtest failed'
          code: 'ERR_TEST_FAILURE'
          ...
        # Subtest: deep
        not ok 3 - deep
          ---
          duration_ms: 1.180977
          location: '/tmp/bwt/js/sum.test.js:4:1'
          failureType: 'testCodeFailure'
          error: |-
            Expected values to be strictly deep-equal:
            + actual - expected
            
              {
                a: 1,
                b: [
                  1,
            +     2
            -     3
                ]
              }
          code: 'ERR_ASSERTION'
          name: 'AssertionError'
          expected:
            a: 1
            b:
              0: 1
              1: 3
          actual:
            a: 1
            b:
              0: 1
              1: 2
          operator: 'deepStrictEqual'
          stack: |-
            TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:4:25)
            Test.runInAsyncScope (node:async_hooks:206:9)
            Test.run (node:internal/test_runner/test:796:25)
            Test.processPendingSubtests (node:internal/test_runner/test:526:18)
            Suite.postRun (node:internal/test_runner/test:889:19)
            Suite.run (node:internal/test_runner/test:1150:10)
            async Test.processPendingSubtests (node:internal/test_runner/test:526:7)
          ...
        # Subtest: later
        ok 4 - later # SKIP
          ---
          duration_ms: 0.090394
          ...
        1..4
        # tests 5
        # suites 1
        # pass 1
        # fail 3
        # cancelled 0
        # skipped 1
        # todo 0
        # duration_ms 94.796865
        """"";

    public const string NodeSpec = """""
        ✖ adds (1.79417ms)
          AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
          
          -1 !== 3
          
              at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:2:25)
              at Test.runInAsyncScope (node:async_hooks:206:9)
              at Test.run (node:internal/test_runner/test:796:25)
              at Test.processPendingSubtests (node:internal/test_runner/test:526:18)
              at node:internal/test_runner/harness:255:12
              at node:internal/process/task_queues:140:7
              at AsyncResource.runInAsyncScope (node:async_hooks:206:9)
              at AsyncResource.runMicrotask (node:internal/process/task_queues:137:8) {
            generatedMessage: true,
            code: 'ERR_ASSERTION',
            actual: -1,
            expected: 3,
            operator: 'strictEqual'
          }

        ▶ group
          ✖ throws (0.157354ms)
            TypeError [Error]: boom
                at exports.bad (/tmp/bwt/js/sum.js:1:48)
                at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:3:42)
                at Test.runInAsyncScope (node:async_hooks:206:9)
                at Test.run (node:internal/test_runner/test:796:25)
                at Test.start (node:internal/test_runner/test:702:17)
                at node:internal/test_runner/test:1133:71
                at node:internal/per_context/primordials:482:82
                at new Promise (<anonymous>)
                at new SafePromise (node:internal/per_context/primordials:450:29)
                at node:internal/per_context/primordials:482:9

          ✔ ok (0.115812ms)
        ✖ group (0.643908ms)
        ✖ deep (1.30312ms)
          AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
          + actual - expected
          
            {
              a: 1,
              b: [
                1,
          +     2
          -     3
              ]
            }
              at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:4:25)
              at Test.runInAsyncScope (node:async_hooks:206:9)
              at Test.run (node:internal/test_runner/test:796:25)
              at Test.processPendingSubtests (node:internal/test_runner/test:526:18)
              at Suite.postRun (node:internal/test_runner/test:889:19)
              at Suite.run (node:internal/test_runner/test:1150:10)
              at async Test.processPendingSubtests (node:internal/test_runner/test:526:7) {
            generatedMessage: true,
            code: 'ERR_ASSERTION',
            actual: { a: 1, b: [ 1, 2 ] },
            expected: { a: 1, b: [ 1, 3 ] },
            operator: 'deepStrictEqual'
          }

        ﹣ later (0.092888ms) # SKIP
        ℹ tests 5
        ℹ suites 1
        ℹ pass 1
        ℹ fail 3
        ℹ cancelled 0
        ℹ skipped 1
        ℹ todo 0
        ℹ duration_ms 105.685437

        ✖ failing tests:

        test at sum.test.js:2:1
        ✖ adds (1.79417ms)
          AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
          
          -1 !== 3
          
              at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:2:25)
              at Test.runInAsyncScope (node:async_hooks:206:9)
              at Test.run (node:internal/test_runner/test:796:25)
              at Test.processPendingSubtests (node:internal/test_runner/test:526:18)
              at node:internal/test_runner/harness:255:12
              at node:internal/process/task_queues:140:7
              at AsyncResource.runInAsyncScope (node:async_hooks:206:9)
              at AsyncResource.runMicrotask (node:internal/process/task_queues:137:8) {
            generatedMessage: true,
            code: 'ERR_ASSERTION',
            actual: -1,
            expected: 3,
            operator: 'strictEqual'
          }

        test at sum.test.js:3:23
        ✖ throws (0.157354ms)
          TypeError [Error]: boom
              at exports.bad (/tmp/bwt/js/sum.js:1:48)
              at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:3:42)
              at Test.runInAsyncScope (node:async_hooks:206:9)
              at Test.run (node:internal/test_runner/test:796:25)
              at Test.start (node:internal/test_runner/test:702:17)
              at node:internal/test_runner/test:1133:71
              at node:internal/per_context/primordials:482:82
              at new Promise (<anonymous>)
              at new SafePromise (node:internal/per_context/primordials:450:29)
              at node:internal/per_context/primordials:482:9

        test at sum.test.js:4:1
        ✖ deep (1.30312ms)
          AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
          + actual - expected
          
            {
              a: 1,
              b: [
                1,
          +     2
          -     3
              ]
            }
              at TestContext.<anonymous> (/tmp/bwt/js/sum.test.js:4:25)
              at Test.runInAsyncScope (node:async_hooks:206:9)
              at Test.run (node:internal/test_runner/test:796:25)
              at Test.processPendingSubtests (node:internal/test_runner/test:526:18)
              at Suite.postRun (node:internal/test_runner/test:889:19)
              at Suite.run (node:internal/test_runner/test:1150:10)
              at async Test.processPendingSubtests (node:internal/test_runner/test:526:7) {
            generatedMessage: true,
            code: 'ERR_ASSERTION',
            actual: { a: 1, b: [ 1, 2 ] },
            expected: { a: 1, b: [ 1, 3 ] },
            operator: 'deepStrictEqual'
          }
        """"";

    public const string Unittest = """""
        FE.s
        ======================================================================
        ERROR: test_b (test_x.T.test_b)
        ----------------------------------------------------------------------
        Traceback (most recent call last):
          File "/tmp/bwt/py/test_x.py", line 5, in test_b
            def test_b(self): raise ValueError("no")
                              ^^^^^^^^^^^^^^^^^^^^^^
        ValueError: no

        ======================================================================
        FAIL: test_a (test_x.T.test_a)
        ----------------------------------------------------------------------
        Traceback (most recent call last):
          File "/tmp/bwt/py/test_x.py", line 4, in test_a
            def test_a(self): self.assertEqual(f(1),2)
                              ^^^^^^^^^^^^^^^^^^^^^^^^
        AssertionError: 0 != 2

        ----------------------------------------------------------------------
        Ran 4 tests in 0.001s

        FAILED (failures=1, errors=1, skipped=1)
        """"";

    public const string Cargo = """""
           Compiling rs v0.1.0 (/tmp/bwt/rs)
            Finished `test` profile [unoptimized + debuginfo] target(s) in 1.21s
             Running unittests src/lib.rs (target/debug/deps/rs-a35a48c092d3f767)

        running 3 tests
        test t::b ... ok
        test t::c ... ignored
        test t::a ... FAILED

        failures:

        ---- t::a stdout ----

        thread 't::a' (27282) panicked at src/lib.rs:2:50:
        assertion `left == right` failed
          left: 0
         right: 2
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


        failures:
            t::a

        test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.07s

        error: test failed, to rerun pass `--lib`
        """"";

    public const string VsTest = """""
          Determining projects to restore...
          All projects are up-to-date for restore.
          Calc -> /tmp/calc/src/bin/Debug/net10.0/Calc.dll
          Calc.Tests -> /tmp/calc/tests/bin/Debug/net10.0/Calc.Tests.dll
        Test run for /tmp/calc/tests/bin/Debug/net10.0/Calc.Tests.dll (.NETCoreApp,Version=v10.0)
        VSTest version 18.0.1 (x64)

        Starting test execution, please wait...
        A total of 1 test files matched the specified pattern.
        [xUnit.net 00:00:00.18]     Calc.Tests.SumTests.Adds [FAIL]
          Failed Calc.Tests.SumTests.Adds [3 ms]
          Error Message:
           Assert.Equal() Failure: Values differ
        Expected: 3
        Actual:   -1
          Stack Trace:
             at Calc.Tests.SumTests.Adds() in /tmp/calc/tests/SumTests.cs:line 9
           at System.RuntimeMethodHandle.InvokeMethod(Object target, Void** arguments, Signature sig, Boolean isConstructor)
           at System.Reflection.MethodBaseInvoker.InvokeWithNoArgs(Object obj, BindingFlags invokeAttr)

        Failed!  - Failed:     1, Passed:     4, Skipped:     2, Total:     7, Duration: 12 ms - Calc.Tests.dll (net10.0)
        """"";

    public const string TestingPlatform = """""
        Running tests from tests/bin/Debug/net10.0/Calc.Tests.dll (net10.0|x64)
        failed Calc.Tests.SumTests.Adds (23ms)
          Assert.Equal() Failure: Values differ
          Expected: 3
          Actual:   -1
            at Calc.Tests.SumTests.Adds() in /tmp/calc/tests/SumTests.cs:9
            at System.Reflection.MethodBaseInvoker.InvokeWithNoArgs(Object obj, BindingFlags invokeAttr)
        tests/bin/Debug/net10.0/Calc.Tests.dll (net10.0|x64) failed with 1 error(s) (312ms)
        Exit code: 2

        Test run summary: Failed!
          total: 7
          failed: 1
          succeeded: 4
          skipped: 2
          duration: 812ms
        Test run completed with non-success exit code: 2
        """"";

    public const string CompileErrors = """""
          Determining projects to restore...
        /tmp/calc/src/Calc.cs(3,20): error CS1002: ; expected [/tmp/calc/src/Calc.csproj]
        /tmp/calc/src/Calc.cs(5,9): error CS0103: The name 'x' does not exist in the current context [/tmp/calc/src/Calc.csproj]

        Build FAILED.

        /tmp/calc/src/Calc.cs(3,20): error CS1002: ; expected [/tmp/calc/src/Calc.csproj]
        /tmp/calc/src/Calc.cs(5,9): error CS0103: The name 'x' does not exist in the current context [/tmp/calc/src/Calc.csproj]
            0 Warning(s)
            2 Error(s)

        Time Elapsed 00:00:01.09
        """"";

    public const string Pytest = """""
        ============================= test session starts ==============================
        platform linux -- Python 3.11.7, pytest-8.3.4, pluggy-1.5.0
        rootdir: /home/me/calc
        collected 4 items

        tests/test_calc.py .F.s                                                  [100%]

        =================================== FAILURES ===================================
        ___________________________________ test_sum ___________________________________

            def test_sum():
        >       assert add(1, 2) == 3
        E       assert -1 == 3
        E        +  where -1 = add(1, 2)

        tests/test_calc.py:6: AssertionError
        =========================== short test summary info ============================
        FAILED tests/test_calc.py::test_sum - assert -1 == 3
        ==================== 1 failed, 2 passed, 1 skipped in 0.05s ====================
        """"";

    public const string Go = """""
        --- FAIL: TestSum (0.00s)
            sum_test.go:7: Sum(1, 2) = -1, want 3
        --- FAIL: TestGroup (0.00s)
            --- FAIL: TestGroup/negative (0.00s)
                sum_test.go:14: got 5
        FAIL
        FAIL	example.com/calc	0.002s
        FAIL
        """"";

    public const string Jest = """""
        FAIL ./sum.test.js
          calculator
            ✕ adds (2 ms)
            ✓ subtracts

          ● calculator › adds

            expect(received).toBe(expected) // Object.is equality

            Expected: 3
            Received: -1

              3 | describe('calculator', () => {
            > 4 |   test('adds', () => expect(sum(1, 2)).toBe(3));
                |                                        ^

              at Object.toBe (sum.test.js:4:40)
              at Promise.then.completed (node_modules/jest-circus/build/utils.js:298:28)

        Test Suites: 1 failed, 1 total
        Tests:       1 failed, 1 skipped, 4 passed, 6 total
        Snapshots:   0 total
        Time:        0.381 s
        Ran all test suites.
        """"";

    public const string Vitest = """""
         RUN  v3.0.5 /home/me/calc

         ❯ sum.test.ts (5 tests | 1 failed) 6ms
           × adds 4ms
             → expected -1 to be 3

        ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

         FAIL  sum.test.ts > adds
        AssertionError: expected -1 to be 3 // Object.is equality

        - Expected
        + Received

        - 3
        + -1

         ❯ sum.test.ts:5:21

        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯

         Test Files  1 failed (1)
              Tests  1 failed | 4 passed (5)
           Start at  12:00:01
           Duration  312ms (transform 31ms, setup 0ms)
        """"";

    public const string Mocha = """""


          calculator
            1) adds
            ✔ subtracts


          4 passing (5ms)
          1 pending
          1 failing

          1) calculator
               adds:

              AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

        -1 !== 3

              + expected - actual

              --1
              +3
              
              at Context.<anonymous> (test/sum.js:5:33)
              at process.processImmediate (node:internal/timers:478:21)
        """"";
}
