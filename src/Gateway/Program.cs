using Rollcall.Gateway;

return await GatewayCommand.RunAsync(args, Console.Out, Console.Error);
