using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Rollcall.Client.Yarp;

/// <summary>A step of YARP's pipeline: chooses the instance that a request goes to, and another one if that cannot be reached.</summary>
/// <remarks>
/// <para>
/// It chooses from the client's catalogue as it is at that moment, not from the destinations that YARP was configured with: an instance
/// that has come gets requests at once, one that is out of service gets no new one and keeps those that it has, and a change costs no
/// reload of YARP's configuration.
/// </para>
/// <para>Everything between choosing and judging is YARP's.</para>
/// </remarks>
internal sealed class InstanceMiddleware(RequestDelegate next, RollcallClient client, Func<HttpContext, string> serviceOf)
{
    public async Task InvokeAsync(HttpContext context)
    {
        string service = serviceOf(context);
        ServiceEndpoint? failed = null;
        for (int tries = 1; ; tries++)
        {
            if (!client.TryChoose(service, out Pick pick, failed))
            {
                string reason = client.Catalogue.WhyNothing(service) ?? $"{service}: none of its instances can be called now.";
                await Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
                return;
            }

            failed = pick.Endpoint;
            CallOutcome outcome = CallOutcome.Dropped;
            IForwarderErrorFeature? error;
            try
            {
                error = await ForwardAsync(context, pick.Endpoint);
                outcome = OutcomeOf(context, error);
            }
            finally
            {
                pick.End(outcome);
            }

            if (error is null || outcome == CallOutcome.Dropped || context.Response.HasStarted)
            {
                return;
            }

            if (tries >= HttpCallRule.TriesMax || !MayRepeat(context, error))
            {
                await Refusal.WriteAsync(context, context.Response.StatusCode, $"{pick.Endpoint}: {WhatHappened(error)} (try {tries}).");
                return;
            }

            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
        }
    }

    /// <summary>Lets YARP forward; null: the instance's answer has been passed on.</summary>
    private async Task<IForwarderErrorFeature?> ForwardAsync(HttpContext context, ServiceEndpoint endpoint)
    {
        IReverseProxyFeature proxy = context.GetReverseProxyFeature();
        var destination = new DestinationModel(new() { Address = endpoint.Uri.AbsoluteUri });
        proxy.AvailableDestinations = new DestinationState(endpoint.ToString(), destination);
        await next(context);
        return context.Features.Get<IForwarderErrorFeature>();
    }

    private static CallOutcome OutcomeOf(HttpContext context, IForwarderErrorFeature? error) =>
        error?.Error switch
        {
            null => HttpCallRule.IsFailure((HttpStatusCode)context.Response.StatusCode) ? CallOutcome.Failed : CallOutcome.Succeeded,
            _ when context.RequestAborted.IsCancellationRequested => CallOutcome.Dropped,
            ForwarderError.Request
            or ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyDestination
            or ForwarderError.ResponseHeaders
            or ForwarderError.ResponseBodyDestination
            or ForwarderError.UpgradeRequestDestination
            or ForwarderError.UpgradeResponseDestination => CallOutcome.Failed,
            _ => CallOutcome.Dropped,
        };

    // A request that was received and timed out has had its time: the caller is told (504), and no other instance is kept busy with it.
    private static bool MayRepeat(HttpContext context, IForwarderErrorFeature error) =>
        error.Error switch
        {
            ForwarderError.RequestTimedOut => HttpCallRule.WasNotSent(error.Exception),
            ForwarderError.Request or ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination =>
                HttpCallRule.MayRepeat(context.Request.Method, HasBody(context), error.Exception),
            _ => false,
        };

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: var can } ? can : context.Request.ContentLength != 0;

    private static string WhatHappened(IForwarderErrorFeature error) =>
        error.Error switch
        {
            _ when HttpCallRule.WasNotSent(error.Exception) => "could not be reached",
            ForwarderError.RequestTimedOut => "did not answer in time",
            ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination => "broke off its answer",
            ForwarderError.RequestBodyDestination => "broke off while the request was sent",
            _ => "broke off without an answer",
        };
}
