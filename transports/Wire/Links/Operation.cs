using System.Buffers;
using Rollcall.Core;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Links;

/// <summary>Writes what an operation is about.</summary>
internal delegate void RequestWriter<TRequest>(IBufferWriter<byte> output, in TRequest request);

/// <summary>Reads an answer.</summary>
internal delegate TAnswer AnswerReader<TRequest, TAnswer>(ref PayloadReader reader, in TRequest request, ClientLane lane);

/// <summary>What an operation looks like on the wire.</summary>
/// <param name="Opcode">Its number.</param>
/// <param name="Write">Writes the request.</param>
/// <param name="Read">Reads the answer.</param>
/// <param name="Refused">What the caller gets if the registry refuses; null: it cannot.</param>
internal sealed record Operation<TRequest, TAnswer>(
    Opcode Opcode,
    RequestWriter<TRequest> Write,
    AnswerReader<TRequest, TAnswer> Read,
    Func<RegistryError, TAnswer>? Refused = null
);
