// Two cores: test classes that start servers or threads must not fight over them.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
